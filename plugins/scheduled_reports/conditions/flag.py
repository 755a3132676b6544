"""Run only when something says that the data is ready: a file that is there, an Airflow Variable, a query."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from scheduled_reports.conditions.after_period import never_after_the_period
from scheduled_reports.conditions.base import Condition, Evidence, Verdict
from scheduled_reports.conditions.query import asked_value
from scheduled_reports.errors import SourceError
from scheduled_reports.file_paths import filled_path, require_file_path
from scheduled_reports.found_files import files_there
from scheduled_reports.model import ConnectionId, TimeZone
from scheduled_reports.schedule.clock import Duration
from scheduled_reports.spec.marks import Finding, Sql, Template
from scheduled_reports.templates import fill

if TYPE_CHECKING:
    from scheduled_reports.run import Run
    from scheduled_reports.spec.load import Report

_YES, _NO = {"true", "yes", "1", "on"}, {"false", "no", "0", "off", ""}


def _as_text(given: Any) -> Any:
    """Return a number or a boolean of a spec as its text."""
    if isinstance(given, bool):
        return str(given).lower()
    return str(given) if isinstance(given, int | float) else given


Wanted = Annotated[Template, BeforeValidator(_as_text), WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""A value that a spec asks for, as text with templates."""


class Flag(Condition):
    """A flag is set: exactly one of `file`, `variable`, or `connection` with `sql`."""

    type: Literal["flag"]
    file: Template | None = Field(
        None, min_length=1, max_length=1000,
        description="A file that must be there: a path below the folder `include/`; a path from the worker's root, "
        "`/data/in/{{ period.last_day:%Y%m%d }}.done`; or a URL through an Airflow connection, "
        "`sftp://conn_id@/in/*.done`. It may hold templates, and `*`, `?`, `[…]` and `**`.",
    )  # fmt: skip
    newer_than: Literal["period_end"] | None = Field(
        None, description="With `file`: it only counts where it was last changed at the end of the period or later, so "
        "that the flag of the day before does not."
    )  # fmt: skip
    variable: str | None = Field(
        None, min_length=1, max_length=250, description="The key of an Airflow Variable that must be set."
    )
    connection: ConnectionId | None = Field(None, description="Airflow connection id of a database to ask.")
    sql: Sql | None = Field(
        None, min_length=1,
        description="With `connection`: a query of one column and at most one row. It may use bind values: "
        "`:period_start_date`. No row, or NULL, means that it is not set.",
    )  # fmt: skip
    equals: Wanted | None = Field(
        None, description="With `variable` or `sql`: the value that it must have, `{{ period.last_day:%Y-%m-%d }}`. "
        "Unless given, it must say `true`, `yes`, `1` or `on`, in any case; of a query, any number but 0 will do."
    )  # fmt: skip
    timezone: TimeZone = Field(
        "UTC", description="With `sql`: IANA time zone in which that database keeps timestamps, as with a source."
    )
    timeout: Duration = Field(
        dt.timedelta(minutes=1), description="With `sql`: how long the query may take; then it is cancelled: `1m`."
    )

    @field_validator("file")
    @classmethod
    def _path_leads_somewhere(cls, path: str | None) -> str | None:
        return path if path is None else require_file_path(path)

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        given = [name for name in ("file", "variable", "sql") if getattr(self, name) is not None]
        if len(given) != 1:
            said = " and ".join(map(repr, given)) or "none"
            raise ValueError(f"exactly one of 'file', 'variable' and 'connection' with 'sql' is needed, not {said}")
        if (self.connection is None) != (self.sql is None):
            raise ValueError("'connection' and 'sql' belong together; a file's connection stands in its URL")
        about = {"newer_than": ["file"], "equals": ["variable", "sql"], "timezone": ["sql"], "timeout": ["sql"]}
        for name, things in about.items():
            if name in self.model_fields_set and given[0] not in things:
                raise ValueError(f"{name!r} is about {' or '.join(map(repr, things))}, not {given[0]!r}; leave it out")
        return self

    @property
    def needs_data(self) -> bool:
        """It is asked before anything is extracted."""
        return False

    def judge(self, evidence: Evidence) -> Verdict:
        """Look for the file, or read the value."""
        run = evidence.run
        if self.file is not None:
            return self._file(run, self.file)
        wanted = None if self.equals is None else fill(self.equals, run.words).strip()
        if self.variable is not None:
            what, value = f"the Airflow Variable {self.variable!r}", run.airflow.variable(self.variable)
            missing = f"there is no Airflow Variable {self.variable!r}"
        else:
            what = f"the flag's query on {self.connection}"
            value = asked_value(run, str(self.connection), str(self.sql), self.timezone, self.timeout, what)
            missing = f"{what} gives nothing for {run.period.label}"
        return Verdict(False, missing) if value is None else _compared(what, value, wanted)

    def findings(self, report: Report) -> Iterator[Finding]:
        """Yield a file that can never be new enough."""
        if self.newer_than is not None and (fault := never_after_the_period(report)):
            yield ("newer_than",), *fault

    def _file(self, run: Run, template: str) -> Verdict:
        path = filled_path(template, run.words, run.include, "a flag")
        files = files_there([path], run.connect, "a flag")
        if not files:
            return Verdict(False, f"there is no file {path}")
        if self.newer_than is None:
            return Verdict(True, f"the file {files[0].path} is there")
        timed = [(file.modified, file.path) for file in files if file.modified is not None]
        if not timed:
            why = "its storage does not say when a file was changed"
            raise SourceError(f"nobody can tell how new {path} is", why=why, fix="leave `newer_than` out")
        modified, newest = max(timed)
        end, zone = run.period.end, run.period.start.tzinfo
        said = f"the file {newest} is of {modified.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        if modified < end:
            return Verdict(False, f"{said}, before the end of the period, {end.astimezone(zone):%Y-%m-%d %H:%M}")
        return Verdict(True, said)


def _compared(what: str, value: Any, wanted: str | None) -> Verdict:
    """Return whether a value is what is wanted; it is only told where it is a yes or a no: others may be secret.

    Raises:
        SourceError: It is neither a yes nor a no, and nothing else is wanted.
    """
    if wanted is not None:
        met = _same(value, wanted)
        return Verdict(met, f"{what} is {wanted!r}" if met else f"{what} is {_told(value)}, not {wanted!r}")
    yes = _is_yes(value)
    if yes is None:
        fix = f"let it be one of {', '.join(sorted(_YES))}, or write `equals`"
        raise SourceError(f"{what} is no flag", why=f"its value, a {type(value).__name__}, is no yes or no", fix=fix)
    return Verdict(yes, f"{what} is {_told(value)}")


def _is_yes(value: Any) -> bool | None:
    if isinstance(value, str):
        word = value.strip().lower()
        return True if word in _YES else False if word in _NO else None
    if isinstance(value, bool | int | float | Decimal) and math.isfinite(value):
        return bool(value)
    return None


def _told(value: Any) -> str:
    if isinstance(value, str):
        word = value.strip()
        return repr(word) if word.lower() in _YES | _NO else "something else"
    return str(value).lower() if isinstance(value, bool | int | float | Decimal) else "something else"


def _same(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted.lower() in (_YES if value else _NO)
    if isinstance(value, int | float | Decimal):
        try:
            return Decimal(wanted) == Decimal(str(value))
        except InvalidOperation:
            return False
    if isinstance(value, dt.datetime):
        return wanted in {value.isoformat(), value.isoformat(" ")}
    return wanted == (value.isoformat() if isinstance(value, dt.date) else str(value)).strip()
