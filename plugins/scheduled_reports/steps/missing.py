"""What did not arrive, as its report's owner is told it: by cause, in plain words, with the command that mends it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from scheduled_reports.data_files.delimited import FORMULA_START
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import DeliveryEntry, DeliveryState
from scheduled_reports.notify import Attachment
from scheduled_reports.run import Run
from scheduled_reports.steps.causes import MOST_TOLD, Causes, named
from scheduled_reports.steps.mending import resend
from scheduled_reports.steps.telling import News, steady

UNKNOWN = "an earlier step failed; its log says why"

_UNTRIED = frozenset({DeliveryState.PLANNED, DeliveryState.SKIPPED, DeliveryState.NOT_NEEDED})
_DOUBTFUL = frozenset({DeliveryState.UNCERTAIN, DeliveryState.SENDING})


@dataclass(frozen=True)
class Missing:
    """What did not arrive of a run's deliveries.

    Attributes:
        run: The run.
        total: How many deliveries there are.
        entries: Those that did not arrive, or of which nobody knows.
        reason: Why nothing was tried, where an earlier step failed; empty else.
        unknown: The recipients whom nobody knows, as the run did not make the tables that name them.
        more: What else failed for them.
    """

    run: Run
    total: int
    entries: Sequence[DeliveryEntry]
    reason: str
    unknown: Sequence[str] = ()
    more: tuple[str, ...] = ()

    def failure(self) -> DeliveryError:
        """Return the error that says who got nothing and why; what one cause kept from several is said once."""
        title = f"{self.run.report.spec.title}, {self.run.period.label}"
        what = f"{title}: {len(self.entries):,} of {self.total:,} deliveries did not arrive"
        what += ", and of other recipients nobody is known" if self.unknown else ""
        return DeliveryError(what, why="\n".join(self._causes()), fix="\n  → ".join(self._remedies()))

    def news(self, failure: DeliveryError) -> News:
        """Return what the owner is told."""
        run, many = self.run, len(self.entries) > MOST_TOLD
        where = f"Report {run.report.id}, schedule {run.schedule.id}, run {run.run_id}"
        files = f"Files, which are kept: {run.folder.uri}"
        attached = f"\nAttached: {FILE}, all {len(self.entries):,} of them\n" if many else ""
        subject = f"Not delivered: {run.report.spec.title}, {run.period.label}"
        text = f"{failure}\n\n{where}\n{files}\n{attached}"
        facts = (*map(self._fact, self.entries), *self.unknown)
        return News(facts, subject, text, [table(self.entries)] if many else [])

    def _fact(self, entry: DeliveryEntry) -> str:
        why = steady(entry.error or self.reason)
        return f"{entry.destination} {entry.identity} {entry.state in _DOUBTFUL} {why}"

    def _causes(self) -> list[str]:
        """Return why some have nothing: first of what was tried, then of what an earlier step kept from them."""
        tried, never = Causes(), dict[str, list[str]]()
        for entry in self.entries:
            if entry.state in _UNTRIED or (entry.state is DeliveryState.DEAD and not entry.attempts):
                never.setdefault(self.reason or entry.error or UNKNOWN, []).append(entry.recipient)
            else:
                tried.add(entry.error, entry.recipient)
        if self.unknown:
            never.setdefault(self.reason or UNKNOWN, []).extend(self.unknown)
        lines = (f"{why}\n(so nothing was sent to {', '.join(named(who, len(who)))})" for why, who in never.items())
        return [*tried.lines(), *named(self.more, len(self.more)), *lines]

    def _remedies(self) -> list[str]:
        doubtful = {entry.state in _DOUBTFUL for entry in self.entries} | ({False} if self.unknown else set())
        failed, doubts = resend(self.run), resend(self.run, "--only-uncertain")
        told = {
            False: f"mend the cause, then `{failed}`, or clear the failed tasks: only what is missing is sent",
            True: "of some nobody knows whether they arrived, so they are held: ask those people; where they have "
            f"nothing, `{doubts}` sends it again",
        }
        return [text for state, text in told.items() if state in doubtful]


FILE = "not_delivered.csv"


def table(entries: Collection[DeliveryEntry]) -> Attachment:
    """Return deliveries as a CSV file, in which a text that a spreadsheet would run begins with an apostrophe."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("destination", "recipient", "state", "attempts", "error"))
    for entry in entries:
        texts = (
            entry.destination,
            entry.recipient,
            str(entry.state),
            str(entry.attempts),
            " ".join(entry.error.split()),
        )
        writer.writerow(f"'{text}" if re.match(FORMULA_START, text) else text for text in texts)
    return Attachment(FILE, "text/csv", file.getvalue().encode("utf-8-sig"))


def otherwise_news(run: Run, replaced: Mapping[str, str], given_up: Sequence[DeliveryEntry]) -> News:
    """Return what the owner is told where stand-ins have delivered what their destinations could not."""
    lines = [
        f"{entry.recipient}: {entry.error}\n  → {replaced[entry.destination]} has it instead" for entry in given_up
    ]
    title = f"{run.report.spec.title}, {run.period.label}"
    what = f"{title}: {len(given_up):,} deliveries failed, and those that stand by for them have it instead."
    mend = f"To send it the usual way too, mend the cause, then `{resend(run)}`."
    where = f"Report {run.report.id}, schedule {run.schedule.id}, run {run.run_id}\nFiles: {run.folder.uri}"
    facts = tuple(f"{entry.destination} {entry.identity} by {replaced[entry.destination]}" for entry in given_up)
    text = "\n\n".join((what, "\n".join(named(lines, len(lines))), mend, where)) + "\n"
    return News(facts, f"Delivered otherwise: {title}", text)
