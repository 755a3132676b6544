"""`make tour`: see what may become of a run, each on a real Airflow with its scheduler, triggerer and pages.

Every report in `specs/` is triggered over Airflow's REST API; the tour closes the books that one waits for, and
approves another as its approver would. It ends with a table, and fails where something else became of a run.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from demo import home
from demo.tour.data import DAYS, build
from demo.tour.stations import STATIONS, Seen, Station
from demo.tour.steering import Airflow
from demo.up import await_health, end, start

SPECS = Path(__file__).parent / "specs"

console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)


def main() -> int:
    """Run the tour; return 0 where everything became what its spec says."""
    options = argparse.ArgumentParser(prog="make tour", description=__doc__)
    options.add_argument("--port", type=int, default=8090, help="port of Airflow's pages")
    port = options.parse_args().port
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with home.alone():
        _begin_anew()
        with home.servers(port, {"tour": home.HOME / "tour.db"}):
            home.configure(port, SPECS)
            home.migrate()
            log = home.HOME / "standalone.log"
            airflow = start(log, home.environment())
            try:
                await_health(port, airflow, log)
                seen = _visit(Airflow(port, home.LOGINS["demo"]))
            finally:
                end(airflow)
    _show(seen)
    return 0 if all(found.as_expected for found in seen) else 1


def _begin_anew() -> None:
    """Forget what an earlier tour sent: it would not be sent again."""
    for folder in (home.HOME / "scheduled_reports", home.OUT / "inbox"):
        shutil.rmtree(folder, ignore_errors=True)
    (home.OUT / "inbox").mkdir(parents=True, exist_ok=True)
    build(home.HOME / "tour.db")


def _visit(airflow: Airflow) -> list[Seen]:
    """Run every station, side by side, and return what became of each, in their order."""
    airflow.await_dags([f"{station.report}__daily" for station in STATIONS])

    def visit(station: Station) -> list[Seen]:
        found = []
        for number, expected in enumerate(station.expected):
            run = airflow.trigger(f"{station.report}__daily", DAYS[number])
            met = station.meanwhile(airflow, run) if station.meanwhile else ""
            found.append(Seen.of(station, DAYS[number], expected, airflow.ended(run), met))
            console.print(f"  [dim]{station.report} {DAYS[number]}: {found[-1].state}[/dim]")
        return found

    with ThreadPoolExecutor(len(STATIONS)) as pool:
        return [entry for found in pool.map(visit, STATIONS) for entry in found]


def _show(seen: list[Seen]) -> None:
    table = Table("Report", "Day", "Became", "In Airflow", "Why", "Mails", box=box.SIMPLE_HEAD)
    for entry in seen:
        style = "green" if entry.as_expected else "bold red"
        mails = "\n".join(entry.mails) or "none"
        table.add_row(entry.report, entry.day, f"[{style}]{entry.state}[/{style}]", entry.airflow, entry.reason, mails)
    console.print(table)
    console.print(f"  {home.OUT / 'inbox'}/  the mails, as the server received them")
    for entry in seen:
        if not entry.as_expected:
            console.print(f"[bold red]{entry.report}, {entry.day}[/bold red]: expected {entry.expected}")


if __name__ == "__main__":
    sys.exit(main())
