"""`make demo`: one report the whole way, from real databases, APIs and files to real mail and SFTP servers."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from demo import home
from scheduled_reports.archive import folder_name
from scheduled_reports.ledger import DeliveryEntry, Ledger
from scheduled_reports.ledger.engine import sqlite_engine
from scheduled_reports.spec.load import BrokenReport, Report, load

REPORT = "morning_brief"
DAY = dt.date(2026, 10, 1)
"""The day that the demo reports on, so that everybody sees the same figures."""

console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)


def main() -> int:
    """Run the demo; return 0 where everything arrived, now or before."""
    options = argparse.ArgumentParser(prog="make demo", description=__doc__)
    options.add_argument("report", nargs="?", default=REPORT, help="a report of report_specs/ (%(default)s)")
    options.add_argument("--force", action="store_true", help="send again what was delivered already")
    asked = options.parse_args()
    started = time.monotonic()
    report = _report(asked.report)
    with home.alone():
        _step("Demo warehouse (SQLite)", home.build_warehouse)
        _step("Partners' files (CSV)", home.drop_partner_files)
        with home.servers() as (mail, sftp):
            _say("Mail and SFTP servers", f"smtp 127.0.0.1:{mail.port}, sftp 127.0.0.1:{sftp.port}")
            home.configure()
            _step("Airflow's database", lambda: "migrated" if home.migrate() else "already there")
            run_id, code = _run_dag(report, force=asked.force)
    manifest = _manifest(report, run_id)
    _show(manifest, time.monotonic() - started)
    return code


def _report(name: str) -> Report:
    """Return the report, or end: there is none, or somebody edited it and it has problems."""
    path = home.ROOT / "report_specs" / f"{name}.yaml"
    if not path.is_file():
        there = ", ".join(sorted(found.stem for found in path.parent.glob("*.yaml")))
        raise SystemExit(f"there is no report {name}; there are: {there}")
    report = load(path, home.ROOT / "include")
    if isinstance(report, BrokenReport):
        raise SystemExit("\n".join(str(problem) for problem in report.problems))
    return report


def _run_dag(report: Report, *, force: bool) -> tuple[str, int]:
    """Run the DAG in a process of its own, showing its tasks as they start; return the run's id and exit code."""
    command = [
        sys.executable,
        "-m",
        "demo.run_dag",
        f"{report.id}__{report.spec.schedules[0].id}",
        DAY.isoformat(),
        *(["--force"] if force else []),
    ]
    log = home.HOME / "demo.log"
    started = time.monotonic()
    with (
        log.open("w", encoding="utf-8") as file,
        console.status("Airflow is starting") as status,
        subprocess.Popen(
            command, env=home.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as child,
    ):
        last, boxes = "", ""
        for line in child.stdout or ():
            file.write(line)
            last = line.strip() or last
            if lacking := re.search(r'unsupported by fonts: "(.)"', line):
                boxes += lacking[1]
            if begun := re.search(r"\[DAG TEST\] starting task_id=(\w+) map_index=(-?\d+)", line):
                number = "" if begun[2] == "-1" else f" {int(begun[2]) + 1}"
                status.update(f"Airflow: {begun[1]}{number}")
                console.print(f"[dim]  {time.monotonic() - started:5.1f} s  {begun[1]}{number}[/dim]")
    if boxes:
        console.print(f"[yellow]No font here has {boxes}: the PDF shows boxes. "
                      "apt-get install fonts-noto-cjk fonts-noto-color-emoji[/yellow]")  # fmt: skip
    if not last.startswith("manual__"):
        raise SystemExit(f"The DAG could not be run; the end of {log}:\n{log.read_text()[-3000:]}")
    return last, child.returncode


def _show(manifest: dict[str, Any], seconds: float) -> None:
    """Print what became of the run, the deliveries, and where to look."""
    state, label = manifest.get("state", "failed"), manifest["period"]["label"]
    style = {"delivered": "bold green", "skipped": "bold yellow"}.get(state, "bold red")
    console.print(f"\n[{style}]{manifest['report']['title']} · {label}: {state}[/{style}] in {seconds:.0f} s")
    if manifest.get("reason"):
        console.print(f"{manifest['reason']}", markup=False)
    if state == "skipped":
        console.print("Send it again: make demo FORCE=1")
    table = Table("Recipient", "Channel", "State", "Receipt", box=box.SIMPLE_HEAD)
    table.add_column("Size", justify="right")
    table.add_column("Seconds", justify="right")
    for entry in _deliveries(manifest):
        size = f"{entry.size:,}" if entry.size is not None else ""
        took = f"{entry.seconds:.2f}" if entry.seconds is not None else ""
        table.add_row(entry.recipient, entry.channel, entry.state, _short(entry), size, took)
    console.print(table)
    for folder, what in (("files", "the files"), ("inbox", "the mails, as the server received them"),
                         ("sftp", "what arrived by SFTP")):  # fmt: skip
        found = [
            path for path in (home.OUT / folder).rglob("*") if path.is_file() and home.PARTNERS not in path.parents
        ]
        console.print(f"  {_short_path(home.OUT / folder)}/  {what}: {len(found)}")


def _manifest(report: Report, run_id: str) -> dict[str, Any]:
    """Return the run's manifest, and lay its files where they are easy to find."""
    archive = home.HOME / "scheduled_reports" / "archive" / report.id / report.spec.schedules[0].id
    [folder] = archive.glob(f"*/{folder_name(run_id)}")
    if (folder / "files").is_dir():
        shutil.rmtree(home.OUT / "files", ignore_errors=True)
        shutil.copytree(folder / "files", home.OUT / "files")
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def _short(entry: DeliveryEntry) -> str:
    """Return the receipt, or why there is none, short enough for the table."""
    text = " ".join((entry.receipt or entry.error).split())
    return text if len(text) <= 90 else f"{text[:89]}…"


def _deliveries(manifest: dict[str, Any]) -> list[DeliveryEntry]:
    ledger = Ledger(sqlite_engine(home.HOME / "scheduled_reports" / "ledger.db"))
    start, end = (dt.datetime.fromisoformat(manifest["period"][name]) for name in ("start", "end"))
    return ledger.of_period(manifest["report"]["id"], manifest["schedule"]["id"], start, end)


def _short_path(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _step(what: str, do: Callable[[], str]) -> None:
    with console.status(what):
        _say(what, do())


def _say(what: str, result: str) -> None:
    console.print(f"{what}: {result}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
