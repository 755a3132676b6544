"""Version 1 of a spec: everything one YAML file may say."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from scheduled_reports.approval.rule import Approval
from scheduled_reports.channels import AnyChannel
from scheduled_reports.checks import AnyCheck
from scheduled_reports.datasets import AnyDataset
from scheduled_reports.document import AnyBlock
from scheduled_reports.formats import AnyFormat
from scheduled_reports.judgement.alert import Alert
from scheduled_reports.judgement.run_when import ConditionsOrWait, RunWhen
from scheduled_reports.language import LanguageCode, LocaleCode, require_one_language
from scheduled_reports.model import EmailAddress, Model, Name
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.sources import AnySource
from scheduled_reports.spec.escalation import Escalation
from scheduled_reports.spec.marks import BrandName

_PYTHON_TYPES: dict[str, type] = {
    "text": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "date": dt.date,
}


class Parameter(Model):
    """A value that a run may be given; Airflow's trigger form asks for it, queries bind it."""

    type: Literal["text", "integer", "number", "boolean", "date"] = Field(description="What kind of value it is.")
    default: str | int | float | bool | None = Field(description="The value a scheduled run uses.")
    description: str = Field("", description="Shown beside the field in Airflow's trigger form.")

    @model_validator(mode="after")
    def _default_has_the_type(self) -> Parameter:
        self.value(self.default)
        return self

    def value(self, given: Any) -> Any:
        """Return `given` as this parameter's type; None stays None.

        Raises:
            ValueError: It is not of that type.
        """
        if given is None:
            return None
        wanted = _PYTHON_TYPES[self.type]
        if wanted is dt.date and isinstance(given, str):
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", given):  # Python reads 2026-W01-1 too; Airflow's form does not
                raise ValueError(f"{given!r} is not a date; write it as 2026-01-31")
            return dt.date.fromisoformat(given)
        if wanted is float and isinstance(given, int) and not isinstance(given, bool):
            return float(given)
        if not isinstance(given, wanted) or (isinstance(given, bool) and wanted is not bool):
            raise ValueError(f"{given!r} is not of type {self.type}")
        return given

    def parse(self, text: str) -> Any:
        """Return `text`, typed on a command line, as this parameter's type.

        Raises:
            ValueError: It is not of that type.
        """
        try:
            given = text if self.type in {"text", "date"} else json.loads(text)
        except json.JSONDecodeError:
            raise ValueError(f"{text!r} is not of type {self.type}") from None
        return self.value(given)


def _unique_ids(entries: tuple[Any, ...]) -> tuple[Any, ...]:
    seen: set[str] = set()
    for entry in entries:
        if entry.key in seen:
            raise ValueError(f"two entries are called {entry.key!r}; give each its own 'id'")
        seen.add(entry.key)
    return entries


Distinct = AfterValidator(_unique_ids)

OnEmpty = Literal["skip", "send_notice", "send"]
"""What becomes of a report that shows nothing."""


class ReportSpec(Model):
    """One report: what it says, where its data comes from, when it is made, and who gets it."""

    title: str = Field(min_length=1, max_length=200, description="The report's name, as its readers know it.")
    description: str = Field("", description="What it answers, for whom. Markdown; shown in Airflow.")
    owner: EmailAddress = Field(description="E-mail address of whoever is told when the report fails.")
    tags: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = Field(
        (), description="Airflow tags, to filter by."
    )
    enabled: bool = Field(True, description="`false` takes the report out of Airflow without deleting its file.")
    language: LanguageCode = Field("en", description="What our own texts in it are written in: `en`, `de`, ….")
    locale: LocaleCode | None = Field(
        None, description="How numbers and dates are written: `de-AT`; as usual in `language` unless given."
    )
    brand: BrandName | None = Field(
        None,
        description="How it looks: a brand in `include/brands/`, or `house`, the one that is built in. Unless given: "
        "the one that the setting `brand` names, else `house`.",
    )
    retries: int = Field(
        3, ge=1, le=10,
        description="How often Airflow repeats a failed step, waiting 30 s, then twice as long each time. Errors that "
        "repeating cannot mend fail at once.",
    )  # fmt: skip
    parameters: dict[Name, Parameter] = Field({}, description="Values that a run may be given.")
    sources: dict[Name, AnySource] = Field(min_length=1, description="Where the data comes from.")
    datasets: dict[Name, AnyDataset] = Field(
        {}, description="Tables made of the sources and of each other, in any order."
    )
    run_when: ConditionsOrWait = Field(
        RunWhen(), description="Conditions that must hold, or the run is skipped, with the reason: a list, or a "
        "mapping with `all`, `any` or `not`, which may also wait for them.",
    )  # fmt: skip
    alert: Alert | None = Field(
        None, description="Makes it an alert report: it is sent only when something becomes true. Else it is skipped."
    )
    checks: Annotated[tuple[AnyCheck, ...], Distinct] = Field((), description="Whether its data may be sent.")
    on_empty: OnEmpty = Field(
        "skip",
        description="What becomes of a report that shows nothing, as every table and chart in it is empty or its file "
        "is blank: it is skipped (`skip`, unless given); it is sent with a banner that says so (`send_notice`); it is "
        "sent as it is (`send`).",
    )
    approval: Approval | None = Field(None, description="Who must agree before it is sent.")
    content: tuple[AnyBlock, ...] = Field(min_length=1, description="What the report shows, from top to bottom.")
    formats: Annotated[tuple[AnyFormat, ...], Distinct] = Field(min_length=1, description="The files to make.")
    deliver: Annotated[tuple[AnyChannel, ...], Distinct] = Field(
        min_length=1, description="Who gets which files, and how."
    )
    escalate: Escalation | None = Field(
        None, description="Who else is told where a failure has not been mended after a while."
    )
    tell_late: bool = Field(
        False,
        description="`true`: where the report fails, is stopped by a check, or is still going at its deadline, those "
        "who get it by e-mail are told once that it is late.",
    )
    schedules: Annotated[tuple[Schedule, ...], Distinct] = Field(
        min_length=1, description="When it runs; each becomes one Airflow DAG."
    )

    @field_validator("title")
    @classmethod
    def _is_no_template(cls, title: str) -> str:
        if "{{" in title or "{%" in title:
            raise ValueError("the report's title is the same in every run; {{ … }} has its place in a heading's text, "
                             "and in a mail's `subject`")  # fmt: skip
        return title

    @model_validator(mode="after")
    def _locale_is_of_the_language(self) -> ReportSpec:
        require_one_language(self.language, self.locale)
        return self

    def tables(self) -> dict[str, str]:
        """Return every table of a run, and the source or dataset that makes it."""
        of_sources = {table: name for name, source in self.sources.items() for table in source.tables(name)}
        return of_sources | {table: name for name, dataset in self.datasets.items() for table in dataset.tables(name)}
