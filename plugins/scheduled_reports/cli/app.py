"""The command `reports`: write, check, preview and list specs, without Airflow running."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from scheduled_reports.errors import ReportError

app = typer.Typer(name="reports", help=__doc__, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
console = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)  # a title may hold [x] and :x:
complain = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)

Specs = Annotated[
    Path | None,
    typer.Option("--specs", help="Folder with the specs; the setting [scheduled_reports] specs_folder unless given."),
]


@app.command()
def new(name: str, specs: Specs = None) -> None:
    """Make a commented spec NAME.yaml to start from."""
    from scheduled_reports.cli.new import write_new

    with _told():
        console.print(f"Wrote {write_new(name, _folder(specs))}; check it with: reports check {name}")


@app.command()
def schema(specs: Specs = None) -> None:
    """Write report.schema.json beside the specs, so that editors complete and check them."""
    from scheduled_reports.spec.schema import write_schema

    with _told():
        console.print(f"Wrote {write_schema(_folder(specs))}")


@app.command()
def check(paths: Annotated[list[Path] | None, typer.Argument(help="Spec files, folders or names.")] = None,
          specs: Specs = None) -> None:  # fmt: skip
    """Validate specs; print each problem as file:line:column and exit with 1 if there is one."""
    from scheduled_reports.cli.check import problems_in

    with _told():
        count, problems = problems_in(paths or [_folder(specs)], _folder(specs))
    for problem in problems:
        complain.print(str(problem))
    broken = len({problem.path for problem in problems})
    if problems:
        complain.print(f"{broken} of {count} specs broken, {len(problems)} problem{'s' if len(problems) > 1 else ''}")
        raise typer.Exit(1)
    console.print("1 spec is valid" if count == 1 else f"{count} specs are valid")


@app.command()
def preview(
    name: str,
    period: Annotated[str | None, typer.Option(help="A day in the period, YYYY-MM-DD; the last unless given.")]
    = None,
    schedule: Annotated[str | None, typer.Option(help="Schedule id; the first unless given.")] = None,
    param: Annotated[list[str] | None, typer.Option(help="NAME=VALUE of a parameter; may be repeated.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("out/preview"),
    show: Annotated[bool, typer.Option("--open", help="Open the first file.")] = False,
    specs: Specs = None,
) -> None:  # fmt: skip
    """Extract, check and render as the DAG does, and deliver nothing."""
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")  # Airflow, once imported, logs to the screen
    from scheduled_reports.cli.preview import make_preview

    with _told():
        files = make_preview(_folder(specs), name, period, schedule, param or [], out, console)
    if show and files:
        typer.launch(str(files[0]))


@app.command(name="list")
def list_(specs: Specs = None) -> None:
    """List the reports: schedules, formats and destinations."""
    from scheduled_reports.cli.list import listing

    with _told():
        if not console.is_terminal:
            console.width = 1000  # in a file or a pipe each report is one line
        console.print(listing(_folder(specs)))


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
