"""The report before it has a format: blocks bound to data. What formats read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scheduled_reports.brands import HOUSE, Brand
from scheduled_reports.document.block import Bound
from scheduled_reports.document.columns import Columns
from scheduled_reports.language import ENGLISH, Language
from scheduled_reports.schedule.period import Period
from scheduled_reports.tables import Tables


@dataclass(frozen=True)
class Freshness:
    """How fresh the data of a source is.

    Attributes:
        source: The source's name.
        read_at: When it was read, aware.
        newest: The newest moment in it, aware, where that is known.
    """

    source: str
    read_at: dt.datetime
    newest: dt.datetime | None = None


@dataclass(frozen=True)
class Provenance:
    """Where a report comes from; every format says it in its metadata or small print.

    Attributes:
        report_id: The spec's file stem.
        schedule_id: The schedule it ran for.
        run_id: Airflow's run.
        spec_digest: First 12 hex digits of the spec's SHA-256.
        generated_at: When it was rendered, aware.
        owner: E-mail address of who answers for it.
        commit: The git commit of the specs, abbreviated, `+` behind it where the spec was changed since; may be empty.
        freshness: How fresh the data of each source is.
        url: Where the run can be looked at; may be empty.
    """

    report_id: str
    schedule_id: str
    run_id: str
    spec_digest: str
    generated_at: dt.datetime
    owner: str
    commit: str = ""
    freshness: tuple[Freshness, ...] = ()
    url: str = ""

    def origin(self, language: Language = ENGLISH) -> str:
        """Return which report this is and when it was made, on one short line."""
        made = f"{self.generated_at:%Y-%m-%d %H:%M} {self.generated_at:%Z}".strip()
        report = language.text("Report {name}", name=f"{self.report_id}/{self.schedule_id}")
        spec = language.text("spec {digest}", digest=self.spec_digest)
        commit = f" · {language.text('commit {commit}', commit=self.commit)}" if self.commit else ""
        return f"{report} · {spec}{commit} · {language.text('generated {time}', time=made)}"

    def data_as_of(self, language: Language = ENGLISH) -> str:
        """Return how fresh the data is, on one line; empty where nobody knows."""
        told = []
        for fact in self.freshness:
            moment = (fact.newest or fact.read_at).astimezone(self.generated_at.tzinfo)
            told.append(f"{fact.source} {moment:%Y-%m-%d %H:%M}")
        return language.text("Data as of: {sources}", sources=", ".join(told)) if told else ""

    def small_print(self, language: Language = ENGLISH) -> str:
        """Return the origin, the run, and how fresh the data is."""
        run = language.text("run {run}", run=self.run_id)
        return " · ".join(part for part in (self.origin(language), run, self.data_as_of(language)) if part)


@dataclass(frozen=True)
class Notice:
    """A warning at the very top of a report, in every format that people read.

    Attributes:
        word: What is wrong, in one word in capitals: `STALE`.
        text: What is wrong and with what, in a sentence or two.
    """

    word: str
    text: str

    def __str__(self) -> str:
        return f"{self.word}: {self.text}"


def mark(notices: Iterable[Notice]) -> str:
    """Return what a title or subject begins with because of its notices: `[STALE] `; nothing where there are none."""
    words = ", ".join(dict.fromkeys(notice.word for notice in notices))
    return f"[{words}] " if words else ""


@dataclass(frozen=True)
class Document:
    """A report with its data.

    Attributes:
        title: The report's name.
        description: What it answers; may be empty.
        period: What it reports on.
        blocks: Its content, from top to bottom.
        tables: The run's tables, for formats that carry data rather than pages.
        provenance: Where it comes from.
        notices: What its readers must know before they read on.
        brand: How it looks.
        language: What it is written in.
    """

    title: str
    description: str
    period: Period
    blocks: tuple[Bound, ...]
    tables: Tables
    provenance: Provenance
    notices: tuple[Notice, ...] = ()
    brand: Brand = HOUSE
    language: Language = ENGLISH

    @property
    def period_label(self) -> str:
        """The period in words, in the document's language."""
        return self.language.period(self.period)

    @property
    def small_print(self) -> str:
        """Where it comes from, on one line."""
        return self.provenance.small_print(self.language)

    def facts(self) -> dict[str, str]:
        """Return where it comes from, as pairs of a label and a fact, for metadata and for pages about the report."""
        source, text = self.provenance, self.language.text
        found = {
            text("Report"): self.title, text("Report id"): source.report_id, text("Schedule"): source.schedule_id,
            text("Period"): self.period_label, text("Period start"): self.period.start.isoformat(" ", "minutes"),
            text("Period end"): self.period.end.isoformat(" ", "minutes"),
            text("Time zone"): str(self.period.start.tzinfo),
            text("Generated at"): source.generated_at.isoformat(" ", "seconds"), text("Owner"): source.owner,
            text("Run"): source.run_id, text("Spec digest"): source.spec_digest, text("Git commit"): source.commit,
            text("Run in Airflow"): source.url,
        }  # fmt: skip
        for fact in source.freshness:
            moment = (fact.newest or fact.read_at).astimezone(source.generated_at.tzinfo).isoformat(" ", "minutes")
            label = "Newest data of {source}" if fact.newest else "Data of {source} read at"
            found[text(label, source=fact.source)] = moment
        return {label: fact for label, fact in found.items() if fact}


def walk(blocks: Iterable[Bound]) -> Iterator[Bound]:
    """Yield all blocks from top to bottom, those in columns from left to right."""
    for block in blocks:
        yield block
        if isinstance(block, Columns):
            yield from walk((*block.left, *block.right))
