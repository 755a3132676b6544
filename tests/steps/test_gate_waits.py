"""The gate of a schedule that waits for assets: it runs, marks the report, or says why not."""

from __future__ import annotations

import datetime as dt
import email
from collections.abc import Callable
from dataclasses import replace
from email import policy
from pathlib import Path
from typing import Any

import pytest

from demo.mail_server import MailServer
from runs import NOW, connect_mail, ledger_of, run_of
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import DeliveryState, Ledger, RunState
from scheduled_reports.run import Run
from scheduled_reports.schedule.freshness import Start
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.plan import owed
from specs import SALES

WHEN = '{type: assets, all_of: [orders, fx], deadline: {type: daily, at: "06:30"}, otherwise: stale}'
MORNING = dt.datetime(2026, 10, 2, 3, 0, tzinfo=dt.UTC)
"""05:00 in Berlin, before the deadline; the period, 1 October, is over since 22:00 UTC."""


def spec(otherwise: str = "stale", when: str = WHEN, more: str = "") -> str:
    return SALES.replace('"30 6 * * *"', when.replace("stale", otherwise)).replace(
        "Europe/Berlin}", f"Europe/Berlin{more}}}"
    )


def updated(moment: dt.datetime, *, deadline: bool = False, fx: dt.datetime | None = None) -> Start:
    """Return a start at which orders was updated an hour ago, and fx as given."""
    return Start(moment, deadline, {"orders": moment - dt.timedelta(hours=1), "fx": fx})


def deliver(run: Run, ledger: Ledger) -> None:
    for entry in owed(run, ledger):
        ledger.claim(entry.id)
        ledger.settle(entry.id, DeliveryState.DELIVERED, receipt="<1@x>")
    ledger.end(run, RunState.DELIVERED)


def test_when_everything_has_come_it_runs_and_notes_when_that_was(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec()), ledger_of(tmp_path)

    assert gate(run, ledger, MORNING, updated(MORNING, fx=MORNING))["deliveries"] == 2

    manifest = run.folder.manifest()
    assert manifest["updates"] == {"orders": "2026-10-02 02:00:00+00:00", "fx": "2026-10-02 03:00:00+00:00"}
    assert manifest["notices"] == []


def test_an_update_that_leaves_something_missing_skips_the_run_until_the_deadline(tmp_path: Path) -> None:
    run = run_of(tmp_path, spec())
    old = dt.datetime(2026, 10, 1, 3, 2, tzinfo=dt.UTC)

    with pytest.raises(RunSkipped) as skipped:
        gate(run, ledger_of(tmp_path), MORNING, updated(MORNING, fx=old))

    assert str(skipped.value) == "waits for fx (last updated 2026-10-01 05:02) until 06:30"


def test_without_a_deadline_it_runs_as_airflow_decided(tmp_path: Path) -> None:
    run = run_of(tmp_path, spec(when="{type: assets, all_of: [orders, fx]}"))

    assert gate(run, ledger_of(tmp_path), MORNING, updated(MORNING))["deliveries"] == 2


def test_nobody_judges_a_run_that_somebody_wants(tmp_path: Path) -> None:
    assert gate(run_of(tmp_path, spec()), ledger_of(tmp_path), NOW, None)["deliveries"] == 2


def test_at_the_deadline_a_stale_report_goes_out_with_the_reason_on_it(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(), due=NOW), ledger_of(tmp_path)

    assert gate(run, ledger, NOW, updated(NOW, deadline=True))["deliveries"] == 2

    text = "fx was never updated; orders is up to date."
    assert run.folder.manifest()["notices"] == [{"word": "STALE", "text": text}]
    assert gate(run, ledger, NOW, updated(NOW, deadline=True, fx=NOW))["deliveries"] == 2
    assert run.folder.manifest()["notices"] == []


def test_a_late_update_after_a_stale_report_sends_nothing_again(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(), due=NOW), ledger_of(tmp_path)
    gate(run, ledger, NOW, updated(NOW, deadline=True))
    deliver(run, ledger)
    later = NOW + dt.timedelta(hours=2)

    with pytest.raises(RunSkipped, match="was delivered already"):
        gate(run_of(tmp_path, spec(), run_id="asset__2"), ledger, later, updated(later, fx=later))


def test_at_the_deadline_nothing_happens_where_everybody_has_it(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec("alert")), ledger_of(tmp_path)
    gate(run, ledger, MORNING, updated(MORNING, fx=MORNING))
    deliver(run, ledger)

    with pytest.raises(RunSkipped, match="was delivered already"):
        gate(run_of(tmp_path, spec("alert"), run_id="scheduled__2", due=NOW), ledger, NOW, updated(NOW, deadline=True))


def test_run_sends_it_as_it_is(tmp_path: Path) -> None:
    run = run_of(tmp_path, spec("run"), due=NOW)

    assert gate(run, ledger_of(tmp_path), NOW, updated(NOW, deadline=True))["deliveries"] == 2
    assert run.folder.manifest()["notices"] == []


def test_skip_sends_nothing_for_that_period_any_more(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    with pytest.raises(RunSkipped) as skipped:
        gate(run_of(tmp_path, spec("skip"), due=NOW), ledger, NOW, updated(NOW, deadline=True))
    assert str(skipped.value) == (
        "waits for fx (never updated) at the deadline 06:30; it does not run for Thursday, 1 October 2026"
    )
    later = NOW + dt.timedelta(hours=2)

    with pytest.raises(RunSkipped, match=r"^the deadline 06:30 has passed$"):
        gate(run_of(tmp_path, spec("skip"), run_id="asset__2"), ledger, later, updated(later, fx=later))


def test_alert_tells_the_owner_and_the_report_goes_out_when_it_can(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    ledger = ledger_of(tmp_path)
    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)
        with pytest.raises(RunSkipped) as skipped:
            gate(run_of(tmp_path, spec("alert"), due=NOW), ledger, NOW, updated(NOW, deadline=True), "mail")
        [path] = server.messages()

    assert str(skipped.value) == "waits for fx (never updated) at the deadline 06:30; owner@northwind.example was told"
    mail: Any = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (mail["to"], mail["subject"]) == ("owner@northwind.example", "Waiting: Sales, Thursday, 1 October 2026")
    first, _, second = mail.get_content().splitlines()
    assert first == "Sales for Thursday, 1 October 2026 waits for fx (never updated) at the deadline 06:30."
    assert second.startswith("Nothing was sent yet. It goes out by itself when that is updated;")
    later = NOW + dt.timedelta(hours=2)
    assert gate(run_of(tmp_path, spec("alert"), run_id="asset__2"), ledger, later, updated(later, fx=later))


def test_an_owner_who_cannot_be_told_is_no_reason_to_be_silent(tmp_path: Path, connection: Callable[..., None]) -> None:
    connect_mail(connection, 9)

    with pytest.raises(DeliveryError):
        gate(run_of(tmp_path, spec("alert"), due=NOW), ledger_of(tmp_path), NOW, updated(NOW, deadline=True), "mail")


def test_an_update_before_the_period_is_over_waits_for_its_end(tmp_path: Path) -> None:
    night = dt.datetime(2026, 10, 1, 20, 0, tzinfo=dt.UTC)

    with pytest.raises(RunSkipped, match="Thursday, 1 October 2026 is not over before 2026-10-02 00:00 CEST"):
        gate(run_of(tmp_path, spec()), ledger_of(tmp_path), night, updated(night, fx=night))


def test_an_update_in_a_blackout_starts_nothing(tmp_path: Path) -> None:
    text = spec(more=', blackouts: [{from: "04:00", until: "06:00"}]')

    with pytest.raises(RunSkipped, match="a blackout is on until 2026-10-02 06:00"):
        gate(run_of(tmp_path, text), ledger_of(tmp_path), MORNING, updated(MORNING, fx=MORNING))


def test_where_each_run_has_a_period_of_its_own_it_goes_out_once_for_each_deadline(tmp_path: Path) -> None:
    text, ledger = spec(more=", covers: month_to_date"), ledger_of(tmp_path)

    def run_at(moment: dt.datetime, run_id: str, *, deadline: bool = False) -> Run:
        run = run_of(tmp_path, text, run_id=run_id, due=moment if deadline else None)
        run = replace(run, period=run.report.timing(run.schedule).period(moment))
        gate(run, ledger, moment, updated(moment, deadline=deadline, fx=moment))
        return run

    deliver(run_at(MORNING, "asset__1"), ledger)
    for moment, deadline in ((MORNING + dt.timedelta(minutes=30), False), (NOW, True)):
        with pytest.raises(
            RunSkipped, match="it was delivered at 2026-10-02 05:00 already, and goes out once for each"
        ):
            run_at(moment, f"again__{moment:%H%M}", deadline=deadline)
    tomorrow = MORNING + dt.timedelta(days=1)
    assert run_at(tomorrow, "asset__3").period.end == tomorrow
