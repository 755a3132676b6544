"""How long an Excel workbook of 100,000 rows and 10 columns takes, against pandas by hand; and one of 1,000,000.

    .venv/bin/python benchmarks/xlsx.py [ROWS] [RUNS]

Both go from Parquet to a workbook with a styled head, formats of numbers and dates, widths, a filter and a frozen head,
each in a process of its own: ours as the render step makes it, with its first and last sheet and a total, pandas as a
person would write it. Peak is the process's largest resident set, Python and imports among it. Medians of three runs;
that both hold the same values is checked on their first and last rows. By hand, 1,000,000 rows take five minutes and
4 GB: `1000000 1` runs each once.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

FORMATS = {"order_id": "0", "amount": "#,##0.00", "share": "0.0%", "quantity": "#,##0", "weight": "0.000"}


def main() -> None:
    """Print seconds and peak memory of both, and their ratios."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _write_table(folder, rows)
        measured = {way: [_measured(way, folder) for _ in range(runs)] for way in ("ours", "pandas")}
        sizes = {way: (folder / f"{way}.xlsx").stat().st_size / 1e6 for way in measured}
        print(f"{rows:,} rows")
        medians = {}
        for way, taken in measured.items():
            medians[way] = tuple(map(statistics.median, zip(*taken, strict=True)))
            every = ", ".join(f"{seconds:.2f}" for seconds, _ in taken)
            print(f"{way:7} {medians[way][0]:7.2f} s ({every})   peak {medians[way][1]:6.0f} MB   {sizes[way]:.1f} MB")
        seconds, peak = (theirs / ours for ours, theirs in zip(medians["ours"], medians["pandas"], strict=True))
        print(f"ours is {seconds:.1f} times as fast, in 1/{peak:.1f} of the memory", flush=True)
        print("both hold the same" if _same(folder, rows) else "THE WORKBOOKS DIFFER", flush=True)


def _write_table(folder: Path, rows: int) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    random = np.random.default_rng(7)
    cities = pa.array([f"City & {number:03d}" for number in range(200)])
    statuses = pa.array(["open", "paid", "returned", "=cancelled"])
    began = np.datetime64("2026-01-01", "us") + random.integers(0, 90 * 86_400, rows) * np.timedelta64(1_000_000, "us")
    pq.write_table(pa.table({
        "order_id": np.arange(10_000_000, 10_000_000 + rows),
        "customer": pa.array([f"C-{number:08d}" for number in random.integers(0, rows * 2, rows)]),
        "city": cities.take(pa.array(random.integers(0, 200, rows))),
        "status": statuses.take(pa.array(random.integers(0, 4, rows))),
        "ordered_at": began,
        "due": began.astype("datetime64[D]"),
        "quantity": random.integers(1, 40, rows),
        "amount": pa.array(np.round(random.random(rows) * 900, 2), mask=random.random(rows) < 0.05),
        "share": np.round(random.random(rows), 4),
        "weight": np.round(random.random(rows) * 30, 3),
    }), folder / "orders.parquet", row_group_size=100_000)  # fmt: skip


def _measured(way: str, folder: Path) -> tuple[float, float]:
    """Return the seconds that a way takes in a process of its own, and that process's peak in MB."""
    done = subprocess.run(
        [sys.executable, __file__, "--", way, str(folder)], check=True, capture_output=True, text=True
    )
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def _one(way: str, folder: Path) -> None:
    make = {"ours": _prepare_ours, "pandas": _prepare_pandas}[way](folder)
    started = time.perf_counter()
    make()
    seconds = time.perf_counter() - started
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1000
    print(json.dumps([seconds, peak]))


def _prepare_ours(folder: Path):
    import duckdb  # noqa: F401 - not a part of what is measured
    import openpyxl  # noqa: F401
    import pyarrow.compute  # noqa: F401

    from scheduled_reports.document import Binding, Document, Provenance, TableBlock
    from scheduled_reports.formats.xlsx import Xlsx
    from scheduled_reports.schedule.period import Period
    from scheduled_reports.tables import Tables

    zone, day = ZoneInfo("UTC"), dt.timedelta(days=1)
    start = dt.datetime(2026, 4, 1, tzinfo=zone)
    names = ("order_id", "customer", "city", "status", "ordered_at", "due", "quantity", "amount", "share", "weight")
    totals = {"quantity": "sum", "amount": "sum"}
    columns = [{"name": name, "format": FORMATS.get(name), "total": totals.get(name)} for name in names]
    block = TableBlock.model_validate({"type": "table", "title": "Orders", "dataset": "orders", "columns": columns})

    def make() -> None:
        tables = Tables(folder, folder / ".spill")
        bound = block.bind(Binding(tables, {"schedule": {"timezone": "UTC"}}))
        period = Period(start, start + day, start - day, start)
        made = Provenance("orders", "daily", "benchmark", "0" * 12, start + day, "owner@northwind.example")
        Xlsx(type="xlsx").render(Document("Orders", "", period, (bound,), tables, made), folder / "ours.xlsx")

    return make


def _prepare_pandas(folder: Path):
    import openpyxl  # noqa: F401 - not a part of what is measured
    import pandas as pd
    from openpyxl.styles import Font, PatternFill

    def make() -> None:
        orders = pd.read_parquet(folder / "orders.parquet")
        with pd.ExcelWriter(folder / "pandas.xlsx", engine="openpyxl", datetime_format="yyyy-mm-dd hh:mm") as writer:
            orders.to_excel(writer, sheet_name="Orders", index=False)
            sheet = writer.sheets["Orders"]
            for cell in sheet[1]:
                cell.font, cell.fill = Font(bold=True, color="FFFFFFFF"), PatternFill("solid", fgColor="FF0B5C7A")
                sheet.column_dimensions[cell.column_letter].width = 16
            for name, number_format in FORMATS.items():
                place = orders.columns.get_loc(name) + 1
                for (cell,) in sheet.iter_rows(min_row=2, min_col=place, max_col=place):
                    cell.number_format = number_format
            sheet.freeze_panes, sheet.auto_filter.ref = "A2", sheet.dimensions

    return make


def _same(folder: Path, rows: int) -> bool:
    """Return whether the first and the last rows of both are the same."""
    from openpyxl import load_workbook

    found = []
    for way in ("ours", "pandas"):
        book = load_workbook(folder / f"{way}.xlsx", read_only=True)
        values = [row[:10] for number, row in enumerate(book["Orders"].iter_rows(values_only=True), 1)
                  if number in range(2, 100) or rows - 100 < number <= rows + 1]  # fmt: skip
        found.append([[_plain(value) for value in row] for row in values])
        book.close()
    return found[0] == found[1]


def _plain(value: object) -> object:
    return value.replace(microsecond=0) if isinstance(value, dt.datetime) else value


if __name__ == "__main__":
    if sys.argv[1:2] == ["--"]:
        _one(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
