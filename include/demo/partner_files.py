"""The partners' daily files: `orders_YYYYMMDD.csv`, as an older system exports them (Windows-1252, semicolons).

`python -m demo.partner_files FOLDER` writes those of the last five weeks, and goes on with each new day.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import time
from collections.abc import Sequence
from pathlib import Path

from demo.orders import BERLIN, partner_orders

DAYS = 35
"""How far back a folder's files go."""


def drop_files(folder: Path, last: dt.date) -> int:
    """Write the files of the five weeks up to the day `last` that are not in `folder`; return how many were missing."""
    folder.mkdir(parents=True, exist_ok=True)
    days = (last - dt.timedelta(days=number) for number in range(DAYS))
    missing = [day for day in days if not (folder / f"orders_{day:%Y%m%d}.csv").exists()]
    for day in missing:
        draft = folder / f".orders_{day:%Y%m%d}.part"
        with draft.open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=";").writerows(partner_orders(day))
        draft.replace(folder / f"orders_{day:%Y%m%d}.csv")
    return len(missing)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write files until somebody ends this."""
    parser = argparse.ArgumentParser(prog="python -m demo.partner_files", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the files go")
    folder = parser.parse_args(arguments).folder
    while True:
        drop_files(folder, dt.datetime.now(BERLIN).date() - dt.timedelta(days=1))
        time.sleep(60)


if __name__ == "__main__":
    main()
