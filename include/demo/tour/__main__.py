"""`make tour`: see what may become of a run, each on a real Airflow with its scheduler, triggerer and pages.

Every report in `specs/` is triggered over Airflow's REST API; the tour closes the books that one waits for, and
approves another as its approver would. It ends with a table, and fails where something else became of a run.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

import httpx
from rich import box
from rich.console import Console
from rich.table import Table

from demo import home
from demo.tour.data import DAYS, build
from demo.tour.stations import STATIONS, Seen, Station
from demo.tour.steering import Airflow
from demo.up import await_health, end, require_free, start

SPECS = Path(__file__).parent / "specs"

console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)


def main() -> int:
    """Run the tour; return 0 where everything became what its spec says."""
    options = argparse.ArgumentParser(prog="make tour", description=__doc__)
    options.add_argument("--port", type=int, default=8090, help="port of Airflow's pages")
    port = options.parse_args().port
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a shell's background command ignores the first
        signal.signal(number, signal.default_int_handler)
    log = home.HOME / "standalone.log"
    try:
        with home.alone():
            require_free(port, "make tour")
            seen = _tour(port, log)
    except KeyboardInterrupt:
        console.print("\nEnded before it was through")
        return 130
    except (TimeoutError, RuntimeError, httpx.HTTPError) as error:
        console.print(f"[bold red]The tour cannot go on[/bold red]: {error}\n  look into Airflow's log: {log}")
        return 1
    _show(seen)
    return 0 if all(found.as_expected for found in seen) else 1


def _tour(port: int, log: Path) -> list[Seen]:
    """Start Airflow, run every station, end Airflow, and return what became of them."""
    console.print(f"Starting Airflow on http://localhost:{port} (log in as demo / {home.LOGINS['demo']})")
    _begin_anew()
    with home.servers(port, {"tour": home.HOME / "tour.db"}):
        home.configure(port, SPECS)
        home.migrate()
        airflow = start(log, home.environment())
        try:
            await_health(port, airflow, log)
            console.print(
                f"Running {len(STATIONS)} reports on it, {SPECS.relative_to(home.ROOT)}/; each says what it is for"
            )
            return _visit(Airflow(port, home.LOGINS["demo"]))
        finally:
            end(airflow)


def _begin_anew() -> None:
    """Forget an earlier tour: what it sent would not be sent again, and what it left queued would run in this one.

    Raises:
        SystemExit: It is not in a folder of its own, so the demo's own Airflow would be forgotten.
    """
    if home.FOLDER == home.ROOT:
        raise SystemExit("the tour wants a folder of its own: start it with `make tour`, or set DEMO_FOLDER")
    for path in (*home.HOME.iterdir(), home.OUT / "inbox"):
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock" and path.exists():
            path.unlink()
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
        visits = [pool.submit(visit, station) for station in STATIONS]
        try:
            for ended in wait(visits, return_when=FIRST_EXCEPTION).done:
                ended.result()  # raises what it raised
        finally:
            airflow.give_up()  # where one fails, or somebody ends the tour, nobody waits for the others
    return [entry for found in visits for entry in found.result()]


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
