"""The command `reports`: write, check, preview and list specs, without Airflow running."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from scheduled_reports.errors import ReportError

app = typer.Typer(name="reports", help=__doc__, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
audit = typer.Typer(help="Who changed which delivery, when and why; and whether somebody altered that since.",
                    no_args_is_help=True, rich_markup_mode=None)  # fmt: skip
app.add_typer(audit, name="audit")
console = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)  # a title may hold [x] and :x:
complain = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)

Specs = Annotated[
    Path | None,
    typer.Option("--specs", help="Folder with the specs; the setting [scheduled_reports] specs_folder unless given."),
]


@app.command()
def new(name: str, specs: Specs = None) -> None:
    """Make a commented spec NAME.yaml to start from."""
    with _told():
        from scheduled_reports.cli.new import write_new

        console.print(f"Wrote {write_new(name, _folder(specs))}; check it with: reports check {name}")


@app.command()
def schema(specs: Specs = None) -> None:
    """Write report.schema.json beside the specs, so that editors complete and check them."""
    from scheduled_reports.spec.schema import write_schema

    with _told():
        console.print(f"Wrote {write_schema(_folder(specs))}")


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Spec files, folders or names.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Then look whether all that they need can be used now.")] = False,
    specs: Specs = None,
) -> None:
    """Validate specs; print each problem and warning as file:line:column; exit with 1 if there is a problem.

    With --live, connections are opened, queries are read, and destinations, archive and ledger are written to without
    leaving anything; what cannot be used makes it exit with 1, too. It exits with 2 where it cannot begin.
    """
    with _told():
        from scheduled_reports.cli.check import checked

        found = checked(paths or [_folder(specs)], _folder(specs), _now())
    for problem in (*found.problems, *found.warnings):
        complain.print(str(problem))
    if found.problems:
        complain.print(f"{found.broken} of {found.count} specs broken, {_counted(len(found.problems), 'problem')}")
    else:
        valid = "1 spec is valid" if found.count == 1 else f"{found.count} specs are valid"
        console.print(f"{valid}, {_counted(len(found.warnings), 'warning')}" if found.warnings else valid)
    usable = not live or _usable(paths or [_folder(specs)], _folder(specs))
    if found.problems or not usable:
        raise typer.Exit(1)


def _usable(paths: list[Path], folder: Path) -> bool:
    """Print whether all that the healthy specs need can be used, and return it."""
    with _told():
        from scheduled_reports.cli.live import look_live, summary, usable

        seen = look_live(paths, folder, _now(), console)
    (console if usable(seen) else complain).print(summary(seen))
    return usable(seen)


@app.command()
def show(name: str, specs: Specs = None) -> None:
    """Print a spec put together with what it extends and uses, each part with its file and line."""
    with _told():
        from scheduled_reports.cli.show import shown

        text, problems = shown(name, _folder(specs))
    console.print(text.rstrip("\n"))
    for problem in problems:
        complain.print(str(problem))
    if problems:
        raise typer.Exit(1)


@app.command()
def calendar(
    days: Annotated[int, typer.Option(min=1, max=1100, help="How many days.")] = 30,
    first: Annotated[str | None, typer.Option("--from", help="The first day, YYYY-MM-DD; from now on unless given.")]
    = None,
    report: Annotated[list[str] | None, typer.Option(help="Only this report; may be repeated.")] = None,
    ics: Annotated[Path | None, typer.Option(help="Write the fires as an iCalendar file too.")] = None,
    pool_slots: Annotated[int | None, typer.Option(min=1, help="Slots of every pool; Airflow's unless given.")] = None,
    diff: Annotated[str | None, typer.Option(help="Show only what changes against this git ref.")] = None,
    specs: Specs = None,
) -> None:  # fmt: skip
    """Show the next fires of every schedule, what each covers, and where they are in each other's way."""
    with _told():
        from scheduled_reports.cli.calendar import Asked, days_asked, show_calendar

        names = tuple(report or ())
        asked = Asked(_folder(specs), days_asked(first, days, _now()), names, ics, pool_slots, diff)
        show_calendar(asked, console, complain)


@app.command()
def audience(
    name: str,
    diff: Annotated[str | None, typer.Option(help="Show only what changes against this git ref.")] = None,
    destination: Annotated[str | None, typer.Option(help="Only this destination.")] = None,
    specs: Specs = None,
) -> None:
    """Show who would get what of a report, as whom, in which language, and when by their own clock."""
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")
    with _told():
        from scheduled_reports.cli.audience import show_audience
        from scheduled_reports.cli.audience_diff import show_difference

        if diff is None:
            show_audience(name, _folder(specs), _now(), destination, console)
        else:
            show_difference(name, diff, _folder(specs), _now(), destination, console)


@app.command()
def preview(
    name: str,
    period: Annotated[str | None, typer.Option(help="A day in the period, YYYY-MM-DD; the last unless given.")]
    = None,
    start: Annotated[str | None, typer.Option("--from", help="First moment of another period: 2026-10-01T06:30.")]
    = None,
    end: Annotated[str | None, typer.Option("--to", help="First moment after it.")] = None,
    schedule: Annotated[str | None, typer.Option(help="Schedule id; the first unless given.")] = None,
    param: Annotated[list[str] | None, typer.Option(help="NAME=VALUE of a parameter; may be repeated.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("out/preview"),
    show: Annotated[bool, typer.Option("--open", help="Open the first file.")] = False,
    sql: Annotated[bool, typer.Option("--sql", help="Only print the SQL, in the order in which it would run.")] = False,
    specs: Specs = None,
) -> None:  # fmt: skip
    """Extract, check and render as the DAG does, and deliver nothing."""
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")  # Airflow, once imported, logs to the screen
    with _told():
        from scheduled_reports.cli.preview import make_preview, preview_run
        from scheduled_reports.cli.preview_sql import print_sql

        run = preview_run(_folder(specs), name, (period, start, end), schedule, param or [], out)
        files = make_preview(run, console) if not sql else print_sql(run, console)
    if show and files:
        typer.launch(str(files[0]))


@app.command()
def render(
    name: str,
    run: Annotated[str | None, typer.Argument(help="Airflow's id of the run, as `reports runs` tells it.")] = None,
    schedule: Annotated[str | None, typer.Option(help="Only runs of this schedule.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("out/render"),
    specs: Specs = None,
) -> None:
    """Make the files of a run again from the data in the archive; the latest run's unless one is named."""
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")
    with _told():
        from scheduled_reports.cli.render import render_again

        render_again(_folder(specs), name, run, schedule, out, console)


@app.command()
def runs(
    name: str,
    schedule: Annotated[str | None, typer.Option(help="Only this schedule.")] = None,
    run: Annotated[str | None, typer.Option(help="Airflow's id of one run: show all that is known of it.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many runs, the newest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="All that is known, as JSON.")] = False,
    specs: Specs = None,
) -> None:
    """Show the history of a report: what became of each run and why, its rows, checks, decisions and deliveries."""
    with _told():
        from scheduled_reports.cli.runs import show_runs

        show_runs(_folder(specs), name, schedule, run, limit, as_json, console)


@app.command()
def deliveries(
    state: Annotated[str | None, typer.Option(help="Only in this state: failed, delivered, uncertain, dead …")] = None,
    report: Annotated[str | None, typer.Option(help="Only of this report.")] = None,
    run: Annotated[str | None, typer.Option(help="Only what the run with this id of Airflow's planned.")] = None,
    to: Annotated[str | None, typer.Option(help="Only to this address or place.")] = None,
    since: Annotated[str | None, typer.Option(help="Only those planned on this day or later, YYYY-MM-DD.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="All that is known, as JSON.")] = False,
    specs: Specs = None,
) -> None:
    """Show what became of deliveries, of all reports or of one: the receipt, or why there is none."""
    with _told():
        from scheduled_reports.cli.deliveries import Asked, show_deliveries

        show_deliveries(_folder(specs), Asked(state, report, run, to, since, limit), as_json, console)


@audit.command()
def verify(
    expect: Annotated[str | None, typer.Option(help="A hash noted before, which the trail must have.")] = None,
) -> None:
    """Look at every row of the audit trail and every delivery; exit with 1 if something was altered."""
    with _told():
        from scheduled_reports.cli.audit import verified

        whole = verified(expect, console, complain)
    if not whole:
        raise typer.Exit(1)


@audit.command(name="show")
def show_audit(
    delivery: Annotated[str | None, typer.Option(help="Only of the delivery with this id.")] = None,
    run: Annotated[str | None, typer.Option(help="Only of the deliveries of this run's period.")] = None,
    recipient: Annotated[str | None, typer.Option(help="Only of the deliveries to this address or place.")] = None,
    report: Annotated[str | None, typer.Option(help="Only of this report.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Of how many deliveries, those planned last.")] = 50,
) -> None:
    """Show what was changed, when, by whom and why."""
    with _told():
        from scheduled_reports.cli.audit import show_trail

        show_trail(delivery, run, recipient, report, limit, console)


@app.command(name="list")
def list_(specs: Specs = None) -> None:
    """List the reports: schedules, formats and destinations."""
    with _told():
        from scheduled_reports.cli.list import listing

        if not console.is_terminal:
            console.width = 1000  # in a file or a pipe each report is one line
        console.print(listing(_folder(specs)))


def _now() -> dt.datetime:
    """Return what time it is, in this computer's time zone."""
    return dt.datetime.now(dt.UTC).astimezone()


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"


def _folder(specs: Path | None) -> Path:
    """Return the folder with the specs, or say that there is none."""
    from scheduled_reports import settings

    folder = specs or settings.specs_folder()
    if not folder.is_dir():
        raise ReportError(f"there is no folder {folder}", fix="make it, or name another with --specs")
    return folder


class _told:  # noqa: N801 - reads as a word of the `with` statement
    """Print a ReportError as its text, without a trace, and exit with 2."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ReportError):
            complain.print(str(error))
            raise typer.Exit(2) from error
