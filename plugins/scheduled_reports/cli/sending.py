"""The commands that send: `reports resend`, `reports send-test`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from scheduled_reports.cli.app import Specs, _folder, _told, app, console
from scheduled_reports.errors import ReportError


@app.command()
def resend(
    name: str,
    run: Annotated[str, typer.Argument(help="Airflow's id of the run, how it alone begins, or `latest`.")],
    only_failed: Annotated[bool, typer.Option("--only-failed", help="Only what failed or was given up.")] = False,
    only_uncertain: Annotated[bool, typer.Option("--only-uncertain", help="Only what they may have already.")] = False,
    to: Annotated[str | None, typer.Option(help="Only to this address or place, even where it has arrived.")] = None,
    destination: Annotated[str | None, typer.Option(help="Only of this destination.")] = None,
    schedule: Annotated[str | None, typer.Option(help="Only a run of this schedule.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    specs: Specs = None,
) -> None:  # fmt: skip
    """Send what a run has in the archive again: what has no receipt; exit with 1 if something did not arrive."""
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")
    with _told():
        from scheduled_reports.cli.resend import resend_run
        from scheduled_reports.steps.resend import Wanted

        if only_failed and only_uncertain:
            raise ReportError("--only-failed and --only-uncertain exclude each other", fix="leave both out for both")
        wanted = Wanted("failed" if only_failed else "uncertain" if only_uncertain else None, to, destination)
        arrived = resend_run(
            _folder(specs), name, run, schedule, wanted, lambda asked: yes or typer.confirm(asked), console
        )
    if not arrived:
        raise typer.Exit(1)


@app.command(name="send-test")
def send_test(
    name: str,
    to: Annotated[list[str], typer.Option(help="Who gets it, and nobody else; may be repeated.")],
    destination: Annotated[str | None, typer.Option(help="Only this destination; all of e-mail unless given.")] = None,
    run: Annotated[str | None, typer.Option(help="From the data of this run; as a preview makes it unless given.")]
    = None,
    period: Annotated[str | None, typer.Option(help="A day in the period, YYYY-MM-DD; the last unless given.")] = None,
    schedule: Annotated[str | None, typer.Option(help="Schedule id; the first unless given.")] = None,
    param: Annotated[list[str] | None, typer.Option(help="NAME=VALUE of a parameter; may be repeated.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("out/test"),
    specs: Specs = None,
) -> None:  # fmt: skip
    """Make a report, mark it TEST, and mail it to --to only; nothing of it is counted."""
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")
    with _told():
        from scheduled_reports.cli.send_test import Asked, send_test_mails

        asked = Asked(name, tuple(to), destination, run, period, schedule, tuple(param or ()), out)
        arrived = send_test_mails(_folder(specs), asked, console)
    if not arrived:
        raise typer.Exit(1)
