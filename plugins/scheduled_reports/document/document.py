"""The report before it has a format: blocks bound to data. What formats read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from scheduled_reports.document.block import Bound
from scheduled_reports.schedule.period import Period
from scheduled_reports.tables import Tables


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
    """

    report_id: str
    schedule_id: str
    run_id: str
    spec_digest: str
    generated_at: dt.datetime
    owner: str

    @property
    def origin(self) -> str:
        """Which report this is and when it was made, on one short line."""
        made = f"{self.generated_at:%Y-%m-%d %H:%M} {self.generated_at:%Z}".strip()
        return f"Report {self.report_id}/{self.schedule_id} · spec {self.spec_digest} · generated {made}"

    @property
    def small_print(self) -> str:
        """The origin and the run."""
        return f"{self.origin} · run {self.run_id}"


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
    """

    title: str
    description: str
    period: Period
    blocks: tuple[Bound, ...]
    tables: Tables
    provenance: Provenance
    notices: tuple[Notice, ...] = ()
