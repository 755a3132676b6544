"""What an approver is asked: the report, why it waits, what its checks found, its files."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scheduled_reports.approval.rule import Approver
from scheduled_reports.formats import Artifact
from scheduled_reports.run import Run
from scheduled_reports.steps.failing_rows import Kept, kept_in
from scheduled_reports.steps.render import all_artifacts

_RECIPIENTS = 5
"""How many recipients of a destination are named."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$])")


@dataclass(frozen=True)
class Question:
    """What is asked of whom, and until when.

    Attributes:
        about: What an answer holds for: a digest of the files and of why they wait.
        key: The same on every attempt to ask it; another when it is asked again after an answer.
        subject: The question, one line.
        reason: Why the run waits, and for whom; one clause for the run's history.
        sections: What is to be known for an answer, as headed tables.
        approvers: Who is asked.
        asked: When, aware, in the schedule's zone.
        until: Until when they may answer, aware, in the schedule's zone.
        otherwise: What happens where nobody does; one clause.
    """

    about: str
    key: str
    subject: str
    reason: str
    sections: tuple[Section, ...]
    approvers: tuple[Approver, ...]
    asked: dt.datetime
    until: dt.datetime
    otherwise: str

    @property
    def markdown(self) -> str:
        """The question's text for Airflow's page, which keeps the first one where a task is cleared and asks again."""
        deadline = f"Answer until **{self.until:%Y-%m-%d %H:%M:%S %Z}**; else {escaped(self.otherwise)}."
        asked = f"*Asked {self.asked:%Y-%m-%d %H:%M:%S %Z}. Where it is asked again, this page stays as it is: the "
        asked += "newest mail, and the log of this task, say what is asked now.*"
        return "\n\n".join([*(section.markdown for section in self.sections), deadline, asked])

    @property
    def text(self) -> str:
        """The question's text for a mail."""
        deadline = f"Answer until {self.until:%Y-%m-%d %H:%M:%S %Z}; else {self.otherwise}."
        return "\n\n".join([*(section.text for section in self.sections), deadline])


@dataclass(frozen=True)
class Section:
    """A table with a title; of one column, and without a head, it is a list.

    Attributes:
        title: Its title.
        head: The names of its columns; none for a list.
        rows: Its cells.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def markdown(self) -> str:
        """The table in GitHub's Markdown, which Airflow's page shows; no value can become markup."""
        rows = [[escaped(cell) for cell in row] for row in self.rows]
        if not self.head:
            return "\n".join([f"**{self.title}**\n", *(f"- {row[0]}" for row in rows)])
        lines = [self.head, ["---"] * len(self.head), *rows]
        return "\n".join([f"**{self.title}**\n", *(f"| {' | '.join(line)} |" for line in lines)])

    @property
    def text(self) -> str:
        """The table for people who read plain text: one line for each row."""
        return "\n".join(
            [f"{self.title}:", *(f"  - {', '.join(filter(None, map(one_line, row)))}" for row in self.rows)]
        )


def about_of(run: Run) -> str:
    """Return a digest of the run's files and of why they wait: what an approval holds for."""
    files = sorted((artifact.path, artifact.sha256) for artifact in all_artifacts(run))
    return hashlib.sha256(repr((files, held(run))).encode()).hexdigest()


def held(run: Run) -> list[str]:
    """Return what the run's checks hold it for; nothing where they do not."""
    return list(run.folder.manifest().get("held", ()))


def sections_of(run: Run, reasons: Sequence[str]) -> Iterator[Section]:
    """Yield what is to be known for an answer."""
    yield Section("Period", (), ((run.period.label,),))
    yield Section("Why it waits", (), tuple((reason,) for reason in reasons))
    manifest = run.folder.manifest()
    if checks := manifest.get("checks"):
        yield Section("Checks", ("Check", "Result", "What it found"), tuple(map(_check, checks)))
    if kept := kept_in(manifest):
        yield Section("Rows that fail", ("Check", "Rows", "Where"), tuple(_rows(run, entry) for entry in kept))
    yield Section("Files", ("File", "Size", "Where"), tuple(_file(run, artifact) for artifact in all_artifacts(run)))
    yield Section("It goes to", (), tuple(_destinations(run)))


def size(count: int) -> str:
    """Return a number of bytes in words: `1.2 MB`."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1e3:,.1f} kB" if count < 1e6 else f"{count / 1e6:,.1f} MB"


def names(approvers: Iterable[Approver]) -> str:
    """Return who is asked: `ana, ben`."""
    return ", ".join(approver.user for approver in approvers)


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", one_line(text))


def one_line(text: str) -> str:
    """Return text without line breaks."""
    return " ".join(text.split())


def _check(entry: dict[str, Any]) -> tuple[str, str, str]:
    name = f"{entry['name']} ({entry['part']})" if entry["part"] else str(entry["name"])
    effects = {"hold": "failed, holds the report", "warn": "failed, warns"}
    result = effects.get(entry["severity"], "failed") if entry["outcome"] == "failed" else str(entry["outcome"])
    return name, result, str(entry["reason"])


def _file(run: Run, artifact: Artifact) -> tuple[str, str, str]:
    name = f"{artifact.name} ({artifact.readers})" if artifact.readers else artifact.name
    return name, size(artifact.size), f"{run.folder.uri}/{artifact.path}"


def _rows(run: Run, entry: Kept) -> tuple[str, str, str]:
    return entry.check, str(entry), f"{run.folder.uri}/{entry.file}" if entry.file else ""


def _destinations(run: Run) -> Iterator[tuple[str]]:
    for channel in run.report.spec.deliver:
        recipients = [recipient.address for recipient in channel.recipients(run.audience)]
        named, more = ", ".join(recipients[:_RECIPIENTS]), len(recipients) - _RECIPIENTS
        yield (f"{channel.key}: {named}" + (f" and {more} others" if more > 0 else ""),)
