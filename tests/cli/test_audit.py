"""`reports audit`: who changed which delivery, when and why; and whether somebody altered that since."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from rich.console import Console
from sqlalchemy import text

from deliveries import ANN, BEN, begin, deliver
from runs import ledger_of, run_of, use_settings
from scheduled_reports.cli.audit import show_trail
from scheduled_reports.ledger import DeliveryState, Ledger
from scheduled_reports.ledger.audit import verify
from scheduled_reports.ledger.engine import sqlite_engine

Reports = Callable[..., Result]


@pytest.fixture
def ids(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Make a ledger in which Ann got hers and Ben's failed; return their deliveries' ids."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    use_settings(monkeypatch, project)
    ledger = Ledger(sqlite_engine(project / "ledger.db"), actor="anna by `reports resend`")
    ann, ben = begin(ledger, run_of(project), [ANN, BEN])
    deliver(ledger, ann.id)
    ledger.claim(ben.id)
    ledger.settle(ben.id, DeliveryState.FAILED, error="550 5.1.1 [red]no such mailbox[/]")
    ledger.close()
    return [ann.id, ben.id]


def test_a_whole_trail_is_told_with_its_rows_its_head_and_its_time(
    project: Path, ids: list[str], reports: Reports
) -> None:
    found = reports("audit", "verify")

    assert found.exit_code == 0
    assert re.match(r"The audit trail is whole: 6 rows, \d+\.\d s\nHead: [0-9a-f]{64}\n$", found.stdout)
    noted = verify(ledger_of(project)).head
    assert reports("audit", "verify", "--expect", noted).exit_code == 0


def test_a_broken_trail_is_told_with_what_is_wrong_and_exits_with_1(
    project: Path, ids: list[str], reports: Reports
) -> None:
    with sqlite_engine(project / "ledger.db").begin() as connection:
        connection.execute(text("UPDATE scheduled_reports_audit SET why = 'because' WHERE seq = 4"))

    found = reports("audit", "verify")

    assert found.exit_code == 1
    assert "broken after 3 rows that are right" in found.stderr
    assert "changed: row 4 is not what was written" in found.stderr
    assert f"See: reports audit show --delivery {ids[0]}" in found.stderr


def test_a_hash_that_the_trail_has_not_exits_with_1(ids: list[str], reports: Reports) -> None:
    found = reports("audit", "verify", "--expect", "f" * 64)

    assert found.exit_code == 1
    assert "expected: no row has the hash ffff" in found.stderr


def test_one_deliverys_rows_say_what_when_by_whom_and_why(ids: list[str], reports: Reports) -> None:
    found = reports("audit", "show", "--delivery", ids[1])

    assert found.exit_code == 0
    planned, sending, failed = (line for line in found.stdout.splitlines() if "anna by `reports resend`" in line)
    assert "planned" in planned
    assert "email → ben@x.example" in planned
    assert "run manual__1 owes it" in planned
    assert "planned → being sent" in sending
    assert "being sent → failed" in failed
    assert "550 5.1.1 [red]no such mailbox[/]" in failed
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", failed)


@pytest.mark.parametrize(("option", "value", "rows"), [
    ("--run", "manual__1", 6), ("--recipient", "ANN@x.example", 3), ("--recipient", "ben@x.example", 3),
])  # fmt: skip
def test_rows_are_found_by_run_and_by_recipient(
    ids: list[str], reports: Reports, option: str, value: str, rows: int
) -> None:
    found = reports("audit", "show", option, value)

    assert found.stdout.count("anna by `reports resend`") == rows


def test_on_a_narrow_screen_nothing_is_cut_off(ids: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(width=100, force_terminal=True, color_system=None, markup=False)

    show_trail(ids[1], None, None, None, 50, console)

    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    assert "mailbox" in "".join(lines)
    assert "…" not in "".join(lines)


def test_no_more_deliveries_are_shown_than_asked_for_and_that_is_said(ids: list[str], reports: Reports) -> None:
    found = reports("audit", "show", "--run", "manual__1", "--limit", "1")

    assert found.stdout.count("anna by `reports resend`") == 3
    assert "Only of the 1 deliveries planned last; more with --limit" in found.stdout


@pytest.mark.parametrize(("arguments", "told"), [
    ([], "say what of the trail to show"), (["--recipient", "nobody@x.example"], "the audit trail has no such row"),
])  # fmt: skip
def test_what_cannot_be_shown_is_said(ids: list[str], reports: Reports, arguments: list[str], told: str) -> None:
    found = reports("audit", "show", *arguments)

    assert found.exit_code == 2
    assert told in found.stderr


def test_without_a_ledger_there_is_no_trail(project: Path, reports: Reports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(project))

    found = reports("audit", "verify")

    assert found.exit_code == 2
    assert "there is no ledger" in found.stderr
