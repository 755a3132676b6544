"""The stations of the tour: a report each, what happens while it runs, and what is to become of it."""

from __future__ import annotations

import email
import json
from collections.abc import Callable
from dataclasses import dataclass
from email import policy

from demo import home
from demo.tour.steering import Airflow, DagRun


@dataclass(frozen=True)
class Station:
    """One report of the tour.

    Attributes:
        report: Its id.
        expected: What is to become of its runs, one for each day.
        meanwhile: What happens while it runs; it returns what was seen.
    """

    report: str
    expected: tuple[str, ...]
    meanwhile: Callable[[Airflow, DagRun], str] | None = None


@dataclass(frozen=True)
class Seen:
    """What became of one run.

    Attributes:
        report: The report.
        day: The day that it reports on.
        expected: What was to become of it.
        state: What the ledger and the manifest call it.
        airflow: Airflow's words: of the run, and of the task that decided.
        reason: Why, in words.
        mails: Subject and addressee of each mail.
    """

    report: str
    day: str
    expected: str
    state: str
    airflow: str
    reason: str
    mails: tuple[str, ...]

    @property
    def as_expected(self) -> bool:
        """Whether it became what its spec says."""
        return self.state == self.expected

    @classmethod
    def of(cls, station: Station, day: str, expected: str, tasks: dict[str, str], met: str) -> Seen:
        """Return what became of a run, from its manifest and the inbox."""
        archive = home.HOME / "scheduled_reports" / "archive" / station.report / "daily" / day
        [path] = archive.glob("*/manifest.json")
        manifest = json.loads(path.read_text(encoding="utf-8"))
        deciding = [f"{task} {state}" for task, state in tasks.items() if task != "run" and state not in {"success"}]
        airflow = f"{tasks['run']}{f' ({deciding[0]})' if deciding else ''}"
        notices = [f"{notice['word']}: {notice['text'].rstrip('.')}" for notice in manifest.get("notices", ())]
        reason = "; ".join(filter(None, (met, manifest.get("reason", ""), *notices)))
        title = f"{manifest['report']['title']}, {manifest['period']['label']}"
        return cls(station.report, day, expected, str(manifest.get("state")), airflow, reason, tuple(_mails(title)))


def _mails(title: str) -> list[str]:
    """Return the mails about a run: their subjects begin with a word or with its title."""
    found = []
    for path in sorted((home.OUT / "inbox").glob("*.eml")):
        mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        subject = str(mail["Subject"])
        if all(part in subject for part in title.split(", ", 1)):
            files = ", ".join(str(part.get_filename()) for part in mail.iter_attachments())
            found.append(f"{subject} → {mail['To']}{f' (with {files})' if files else ''}")
    return found


def _close_the_books(airflow: Airflow, run: DagRun) -> str:
    """Wait until the gate waits without a worker, then set what it waits for."""
    airflow.until("the gate to wait", lambda: airflow.tasks(run).get("gate") == "deferred")
    airflow.set_variable("books_closed", "yes")
    return "gate was deferred until the books were closed"


def _approve(airflow: Airflow, run: DagRun) -> str:
    airflow.until("the question", lambda: airflow.tasks(run).get("approve") == "awaiting_input")
    airflow.approve(run, "The missing payment is known")
    return "approved over the REST API"


STATIONS = (
    Station("skipped", ("skipped",)),
    Station("waited", ("delivered",), _close_the_books),
    Station("waited_in_vain", ("delivered",)),
    Station("stopped", ("stopped",)),
    Station("approved", ("delivered",), _approve),
    Station("dropped", ("dropped",)),
    Station("warned", ("delivered", "delivered")),
    Station("blank_data", ("delivered",)),
    Station("blank_file", ("skipped",)),
    Station("low_stock", ("delivered", "skipped", "skipped", "delivered")),
)
