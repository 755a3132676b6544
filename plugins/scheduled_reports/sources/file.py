"""Rows of files: on the worker, or anywhere that an Airflow connection reaches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from scheduled_reports.errors import SourceError
from scheduled_reports.file_formats import KINDS, AnyFileFormat, format_of
from scheduled_reports.file_formats.rejects import Rejects
from scheduled_reports.file_formats.table import Reading
from scheduled_reports.file_paths import connection_in, filled_path, fixed_folder, require_file_path
from scheduled_reports.found_files import files_there, found_files, require_folder
from scheduled_reports.model import Name, TimeZone
from scheduled_reports.parquet import write_batches
from scheduled_reports.run import template_words
from scheduled_reports.schedule.period import Period
from scheduled_reports.sources.base import Source
from scheduled_reports.spec.marks import Template

if TYPE_CHECKING:
    from scheduled_reports.file_formats.base import InFile
    from scheduled_reports.run import Run


class FileSource(Source):
    """Rows of one file, or of many with the same columns: CSV, JSON, JSON Lines, Parquet or Excel."""

    newest_by: ClassVar[Literal["column", "files", ""]] = "files"

    type: Literal["file"]
    path: Template = Field(
        min_length=1, max_length=1000,
        description="Where they are: a path below the folder `include/`, `data/targets.csv`; a path from the worker's "
        "root, `/data/in/calls_{{ period.start:%Y%m%d }}.csv`; or a URL through an Airflow connection, "
        "`s3://conn_id@bucket/in/*.csv`, `sftp://conn_id@/in/*.csv`. It may hold templates, and `*`, `?`, `[…]` and "
        "`**`.",
    )  # fmt: skip
    each: Literal["day"] | None = Field(
        None,
        description="`day` fills the path once for each day of the period, `period` being that day: daily files in a "
        "weekly report.",
    )
    missing: Literal["stop", "skip"] = Field(
        "stop", description="What to do where the path, or that of a day, names no file: fail, or go on without it."
    )
    format: AnyFileFormat | None = Field(
        None, description="What the files are; told by their names' ending unless given, with `.gz`, `.bz2`, `.xz` or "
        "`.zst` behind it or not."
    )  # fmt: skip
    on_bad_row: Literal["stop", "quarantine"] = Field(
        "stop",
        description="What to do with a row that cannot be read, or has a value that is not of its column's type: fail, "
        "naming file and line; or keep it out, in the table `<source>_rejected` with file, line, column, reason and "
        "row (which is empty where a column is masked or sensitive).",
    )
    file_column: Name | None = Field(None, description="A column to add that holds the name of each row's file.")
    timezone: TimeZone = Field(
        "UTC",
        description="IANA time zone of wall times without an offset in columns declared as `timestamptz`, and of those "
        "declared as `timestamp` whose values have one.",
    )

    @field_validator("path")
    @classmethod
    def _path_leads_somewhere(cls, path: str) -> str:
        return require_file_path(path)

    @model_validator(mode="after")
    def _format_is_known(self) -> Self:
        if self.format is None and "}}" not in self.path[-4:] and format_of(self.path) is None:
            endings = ", ".join(ending for kind in KINDS for ending in kind.endings)
            raise ValueError(f"the ending of {self.path!r} tells no format; write 'format', or one of {endings}")
        if getattr(self.format, "header", True) is False and not self.columns:
            raise ValueError("without a header, 'columns' has to name all columns; name them in the file's order")
        return self

    def tables(self, name: str) -> tuple[str, ...]:
        """Return the source's table, and that of its rejected rows where they are kept."""
        return (name, f"{name}_rejected") if self.on_bad_row == "quarantine" else (name,)

    @property
    def hides(self) -> bool:
        """Whether rows must not be kept or shown as they are: a masked or sensitive column may stand in them."""
        return any(column.hidden for column in self.columns.values())

    def extract(self, run: Run, name: str, target: Path) -> None:
        """Read the files and write their rows; remote ones are fetched first, and none may change meanwhile."""
        what = f"source {name!r} ({run.report.query_place('sources', name)})"
        paths = self._paths(run, what)
        rejected = target.with_name(f"{name}_rejected.parquet") if self.on_bad_row == "quarantine" else None
        with (
            TemporaryDirectory(prefix=f".{name}-", dir=target.parent) as scratch,
            found_files(paths, self.missing, run.connect, what, Path(scratch)) as files,
            Rejects(rejected, hides=self.hides) as rejects,
        ):
            reading = self._reading(files, paths, what, Path(scratch))
            schema, batches = reading.table(files, rejects)
            if not schema.names:
                raise SourceError(f"{what} has no columns", why="there is no row that would tell them",
                                  fix="declare them in `columns`")  # fmt: skip
            write_batches(schema, batches, target, what)
            rejects.require_some_good(target, what)

    def connection_ids(self) -> tuple[str, ...]:
        """Return the connection that the path names, where it does."""
        named = connection_in(self.path)
        return (named,) if named else ()

    def probe(self, run: Run, name: str) -> str:
        """Look for the files of the latest period. That there is none yet is no fault; that there is no folder is."""
        what = f"source {name!r} ({run.report.query_place('sources', name)})"
        paths = self._paths(run, what)
        if (folder := fixed_folder(self.path, run.include)) is not None:
            require_folder(folder, run.connect, what)
        files = files_there(paths, run.connect, what)
        more = f" and {len(paths) - 1} more paths" if len(paths) > 1 else ""
        return f"{len(files):,} {'file matches' if len(files) == 1 else 'files match'} {paths[0]}{more}"

    def newest(self, run: Run, name: str, column: str | None) -> dt.datetime | None:
        """Return when the newest of its files was last changed; nothing is read."""
        what = f"source {name!r} ({run.report.query_place('sources', name)})"
        files = files_there(self._paths(run, what), run.connect, what)
        times = [file.modified for file in files if file.modified is not None]
        if files and not times:
            raise SourceError(
                f"{what} cannot be asked how new its data is",
                why=f"the storage of {files[0].path} does not say when a file was changed",
                fix=f"judge the extracted rows: {{type: freshness, dataset: {name}, column: …}}",
            )
        return max(times, default=None)

    def _reading(self, files: list[InFile], paths: list[str], what: str, folder: Path) -> Reading:
        name = files[0].name if files else paths[0]
        form = self.format or format_of(name)
        if form is None:
            raise SourceError(f"{what}: the ending of {name} tells no format", fix="write `format`")
        declared = {column: told.type for column, told in self.columns.items()}
        return Reading(form, replace(form.dialect, timezone=self.timezone), declared, self.file_column, folder)

    def _paths(self, run: Run, what: str) -> list[str]:
        """Return the paths with their templates filled, whole."""
        paths = (filled_path(self.path, words, run.include, what) for words in _words(run, self.each))
        return list(dict.fromkeys(paths))


def _words(run: Run, each: str | None) -> Iterator[Mapping[str, Any]]:
    """Yield the words that the path is filled with, once for each file name that is wanted."""
    if each is None:
        yield run.words
        return
    day = run.period.start.date()
    while day <= run.period.last_day:
        yield template_words(run.report, run.schedule, _one_day(run.period, day), run.parameters)
        day += dt.timedelta(days=1)


def _one_day(period: Period, day: dt.date) -> Period:
    """Return what of a period is within a day."""
    midnights = [
        dt.datetime.combine(day + dt.timedelta(days=days), dt.time(), period.start.tzinfo) for days in (-1, 0, 1)
    ]
    before, start, end = midnights
    return Period(max(start, period.start), min(end, period.end), before, start)
