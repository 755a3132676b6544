"""One run of a report: what every step is given."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scheduled_reports.archive import RunFolder
from scheduled_reports.audience import RunAudience
from scheduled_reports.audience.tenant import Tenant, tenant_of
from scheduled_reports.brands import HOUSE, Brand, BrandError, brand_for
from scheduled_reports.connections import Connect
from scheduled_reports.errors import ReportError, SettingError
from scheduled_reports.facts.base import AirflowFacts, NoAirflow
from scheduled_reports.schedule.period import Period
from scheduled_reports.schedule.schedule import Schedule

if TYPE_CHECKING:
    from scheduled_reports.language import Language
    from scheduled_reports.spec.load import Report


@dataclass(frozen=True)
class Run:
    """One run of one schedule of one report.

    Attributes:
        report: The loaded spec.
        schedule: The schedule it runs for.
        period: What it reports on.
        run_id: Airflow's run id, or one that the command line made.
        folder: Where the run keeps its data and files.
        connect: Gives Airflow's connections.
        parameters: Values for this run, typed, one for each parameter of the spec.
        due: When it was to run, aware; None where nobody waits for it at a time (a manual run, a preview).
        force: Send again what the ledger says was delivered.
        send: Whether anything is delivered; else the files are kept in the archive only.
        airflow: Gives Airflow's Variables, and the updates of its assets.
        ignore_conditions: Run whatever `run_when` and `alert` say.
        asked_by: Who triggered it, as Airflow knows them; empty where the schedule did, or nobody knows.
        own_period: The schedule by itself has no run of its period: somebody wanted another.
    """

    report: Report
    schedule: Schedule
    period: Period
    run_id: str
    folder: RunFolder
    connect: Connect
    parameters: Mapping[str, Any]
    due: dt.datetime | None = None
    force: bool = False
    send: bool = True
    airflow: AirflowFacts = field(default_factory=NoAirflow)
    ignore_conditions: bool = False
    asked_by: str = ""
    own_period: bool = False

    def binds(self, zone: str | None = None) -> dict[str, Any]:
        """Return the values that queries bind; instants come without a zone, as wall time in `zone` (default UTC)."""
        period, wall = self.period, ZoneInfo(zone or "UTC")
        instants = {
            "period_start": period.start,
            "period_end": period.end,
            "previous_start": period.previous_start,
            "previous_end": period.previous_end,
        }
        return {
            **self.parameters,
            **{name: moment.astimezone(wall).replace(tzinfo=None) for name, moment in instants.items()},
            **{f"{name}_date": moment.date().isoformat() for name, moment in instants.items()},
            "timezone": self.schedule.timezone,
        }

    @cached_property
    def variant(self) -> str:
        """Of which of the report's runs it is: those with the same can be compared; empty for the usual ones.

        It is the digest of the parameters that are not as the spec has them, and of a period of its own.
        """
        declared = self.report.spec.parameters
        other = {name: value for name, value in self.parameters.items()
                 if name not in declared or value != declared[name].value(declared[name].default)}  # fmt: skip
        if self.own_period:
            other |= {"": self.period.slug}
        facts = json.dumps(sorted(other.items()), default=str)
        return hashlib.sha256(facts.encode()).hexdigest()[:16] if other else ""

    @cached_property
    def words(self) -> dict[str, Any]:
        """The words that templates in the spec may use, and the run's id for what is said of it."""
        words = template_words(self.report, self.schedule, self.period, self.parameters)
        return {**words, "run": {"id": self.run_id}}

    @cached_property
    def audience(self) -> RunAudience:
        """Who is meant by what the spec says of recipients."""
        return RunAudience(self.words, self.include, self)

    @cached_property
    def tenant(self) -> Tenant:
        """Whom the report may be mailed to.

        Raises:
            BrandError: Its brand cannot be read.
            SettingError: The setting that says so cannot be read.
        """
        return tenant_of(self.report.spec.brand, self.include)

    def words_in(self, language: str | None) -> dict[str, Any]:
        """Return the words that templates may use, for readers of another language; the report's own for None."""
        if language is None:
            return self.words
        words = template_words(self.report, self.schedule, self.period, self.parameters, language)
        return {**words, "run": self.words["run"]}

    def language_in(self, other: str | None) -> Language:
        """Return the language that files are written in for readers of another one; the report's own for None.

        Raises:
            ReportError: There are no texts in it.
        """
        from scheduled_reports.language import language_of

        spec = self.report.spec
        code, locale = (spec.language, spec.locale) if other is None else (other, None)
        return language_of(code, locale, self.include)

    @property
    def include(self) -> Path:
        """The folder with what authors keep beside their specs."""
        return self.report.include


def template_words(
    report: Report, schedule: Schedule, period: Period, parameters: Mapping[str, Any], language: str | None = None
) -> dict[str, Any]:
    """Return the words that a template may use: report, schedule, period, parameters, brand.

    The period is in words of the report's language unless another is given.
    """
    brand = _brand_of(report)
    return {
        "report": {"id": report.id, "title": report.spec.title, "owner": report.spec.owner},
        "schedule": {"id": schedule.id, "timezone": schedule.timezone},
        "period": {
            "start": period.start, "end": period.end, "label": _label_of(report, period, language), "slug": period.slug,
            "last_day": period.last_day,
        },
        "parameters": dict(parameters),
        "brand": {
            "name": brand.name, "sender_name": brand.sender_name, "footer": brand.footer, "website": brand.website,
        },
    }  # fmt: skip


def _label_of(report: Report, period: Period, other: str | None) -> str:
    """Return the period in the report's language or another; in English where that cannot be used: its check tells."""
    from scheduled_reports.language import language_of

    language, locale = (report.spec.language, report.spec.locale) if other is None else (other, None)
    if language == "en":
        return period.label
    try:
        return language_of(language, locale, report.include).period(period)
    except ReportError:
        return period.label


def _brand_of(report: Report) -> Brand:
    """Return the report's brand; the built-in one where it cannot be read, which is told where the spec is checked."""
    try:
        return brand_for(report.spec.brand, report.include)
    except (BrandError, SettingError):
        return HOUSE
