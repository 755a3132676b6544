"""Each recipient gets theirs at their time: those who are due now, the others when they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from demo.mail_server import MailServer
from hanging_mail import HangingMail
from runs import connect_mail, connect_shop, ledger_of, rendered, run_of
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import Ledger
from scheduled_reports.run import Run
from scheduled_reports.spec.load import BrokenReport, load
from scheduled_reports.steps import StepWaits
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.plan import owed
from specs import SALES, write

PEOPLE = """\
people:
  ann: {address: ann@northwind.example, timezone: Europe/Berlin}
  ben: {address: ben@northwind.example, timezone: America/New_York}
  cai: {address: cai@northwind.example, timezone: Asia/Tokyo, quiet_hours: {from: "13:00", to: "15:00"}}
"""
MORNING = dt.datetime(2026, 10, 2, 4, 30, tzinfo=dt.UTC)
"""06:30 in Berlin, 00:30 in New York, 13:30 in Tokyo."""


@pytest.fixture
def later(tmp_path: Path, connection: Callable[..., None]) -> Callable[..., tuple[Run, Ledger]]:
    """Make a run whose recipients get it at 08:00 by their own clocks, and its ledger."""

    def make(port: int, field: str = "deliver_at: 08:00 recipient") -> tuple[Run, Ledger]:
        (tmp_path / "include" / "recipients").mkdir(parents=True)
        (tmp_path / "include" / "recipients" / "people.yaml").write_text(PEOPLE)
        to = "to: [ann, ben, cai]"
        text = SALES.replace("to: [ann@northwind.example, ben@northwind.example]", f"{to}\n    {field}")
        run, ledger = run_of(tmp_path, text, due=MORNING), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, port)
        return rendered(run, ledger), ledger

    return make


def seen(run: Run, ledger: Ledger) -> dict[str, tuple[str, str]]:
    return {entry.recipient.partition("@")[0]: (str(entry.state), entry.error) for entry in owed(run, ledger)}


def at(moment: dt.datetime) -> dict[str, Callable[[], dt.datetime]]:
    return {"clock": lambda: moment}


def test_each_gets_it_when_their_clock_shows_that_time_and_why_they_wait_is_on_record(
    later: Callable[..., tuple[Run, Ledger]], mailbox: MailServer
) -> None:
    run, ledger = later(mailbox.port)

    with pytest.raises(StepWaits, match="email: 3 wait") as first:
        deliver(run, ledger, "email", **at(MORNING))
    waiting = seen(run, ledger)
    with pytest.raises(StepWaits, match="email: 1 wait") as second:
        deliver(run, ledger, "email", again=True, **at(dt.datetime(2026, 10, 2, 6, 0, tzinfo=dt.UTC)))

    assert first.value.until == dt.datetime(2026, 10, 2, 6, 0, tzinfo=dt.UTC)
    assert waiting == {
        "ann": ("planned", "due at 08:00 Europe/Berlin"),
        "ben": ("planned", "due at 08:00 America/New_York (14:00 here)"),
        "cai": ("planned", "due at 15:00 Asia/Tokyo (08:00 here), when their quiet hours end"),
    }
    assert second.value.until == dt.datetime(2026, 10, 2, 12, 0, tzinfo=dt.UTC)
    assert deliver(run, ledger, "email", again=True, **at(second.value.until)) == {"delivered": 3, "now": 1}
    assert [path.name.split("_")[1].split("@")[0] for path in mailbox.messages()] == ["ann", "cai", "ben"]
    assert close(run, ledger, "mail") == {"delivered": 3}


def test_a_run_that_is_late_is_delivered_at_once_but_not_in_quiet_hours(
    later: Callable[..., tuple[Run, Ledger]], mailbox: MailServer
) -> None:
    run, ledger = later(mailbox.port, 'deliver_at: "05:00"')

    with pytest.raises(StepWaits):
        deliver(run, ledger, "email", **at(MORNING))

    assert {name: state for name, (state, _) in seen(run, ledger).items()} == {
        "ann": "delivered", "ben": "delivered", "cai": "planned",
    }  # fmt: skip


def test_a_refused_recipient_keeps_nobody_from_theirs_and_fails_the_task_in_the_end(
    later: Callable[..., tuple[Run, Ledger]],
) -> None:
    with HangingMail(says={"ann@northwind.example": ["550 5.1.1 no such mailbox"]}) as server:
        run, ledger = later(server.port)
        with pytest.raises(StepWaits) as waits:
            deliver(run, ledger, "email", **at(dt.datetime(2026, 10, 2, 6, 0, tzinfo=dt.UTC)))
        with pytest.raises(DeliveryError, match="1 of 3 deliveries failed: ann@") as failed:
            deliver(run, ledger, "email", again=True, **at(waits.value.until))

    assert not failed.value.retryable
    assert sorted(server.taken) == ["ben@northwind.example", "cai@northwind.example"]


def test_what_fails_for_now_is_repeated_before_the_next_are_due_and_on_the_last_try_waits_with_them(
    later: Callable[..., tuple[Run, Ledger]],
) -> None:
    with HangingMail(says={"ann@northwind.example": ["451 4.3.0 later"] * 3}) as server:
        run, ledger = later(server.port)
        early, soon = dt.datetime(2026, 10, 2, 6, 0, tzinfo=dt.UTC), dt.datetime(2026, 10, 2, 11, 59, tzinfo=dt.UTC)
        with pytest.raises(DeliveryError) as first:
            deliver(run, ledger, "email", **at(early))
        with pytest.raises(DeliveryError) as second:
            deliver(run, ledger, "email", again=True, **at(soon))
        with pytest.raises(StepWaits) as last:
            deliver(run, ledger, "email", again=True, last_try=True, **at(soon))

        assert (first.value.retryable, first.value.retry_after) == (True, None)  # as Airflow sees fit: that is sooner
        assert (second.value.retryable, second.value.retry_after) == (True, 60)
        done = deliver(run, ledger, "email", again=True, last_try=True, **at(last.value.until))
    assert done == {"delivered": 3, "now": 2}


def test_a_forced_run_keeps_to_the_time_too(later: Callable[..., tuple[Run, Ledger]], mailbox: MailServer) -> None:
    run, ledger = later(mailbox.port)

    with pytest.raises(StepWaits):
        deliver(replace(run, force=True), ledger, "email", **at(MORNING))

    assert mailbox.messages() == []


def test_a_run_that_somebody_wants_on_another_day_has_that_day(
    later: Callable[..., tuple[Run, Ledger]], mailbox: MailServer
) -> None:
    run, ledger = later(mailbox.port, 'deliver_at: "23:00"')
    run.folder.note(run={**run.folder.manifest()["run"], "started_at": "2026-10-05T10:00:00+00:00"})

    with pytest.raises(StepWaits) as waits:
        deliver(replace(run, due=None), ledger, "email", **at(dt.datetime(2026, 10, 5, 10, 1, tzinfo=dt.UTC)))

    assert waits.value.until == dt.datetime(2026, 10, 5, 21, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("wrong", ["8:00", '"08:00 Berlin"', '"08:00 nobody"', "480"])
def test_a_time_that_is_none_is_told_with_its_place(tmp_path: Path, wrong: str) -> None:
    path = write(tmp_path, SALES.replace("body: html_email", f"deliver_at: {wrong}\n    body: html_email"))

    broken = load(path, tmp_path / "include")

    assert isinstance(broken, BrokenReport)
    [problem] = broken.problems
    assert str(problem).startswith(f"{path}:31:17: deliver[1].deliver_at: ")
    assert "08:00 recipient" in str(problem)


def test_who_waits_gets_theirs_although_another_run_of_the_period_gave_up(
    later: Callable[..., tuple[Run, Ledger]], mailbox: MailServer
) -> None:
    run, ledger = later(mailbox.port, 'deliver_at: "12:00"')
    with pytest.raises(StepWaits) as waits:
        deliver(run, ledger, "email", **at(MORNING))
    ledger.bury(replace(run, run_id="manual__2"), "an earlier step failed")

    assert deliver(run, ledger, "email", again=True, **at(waits.value.until)) == {"delivered": 3, "now": 3}
