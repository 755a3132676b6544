"""`reports deliveries`: what became of deliveries, and why."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from rich.console import Console

from deliveries import ANN, BEN, begin, deliver
from racing import people
from runs import ledger_of, run_of, use_settings
from scheduled_reports.cli.deliveries import Asked, readable, show_deliveries
from scheduled_reports.ledger import DeliveryState

Reports = Callable[..., Result]
WHY = "550 5.1.1 <ben@x.example>: Recipient address rejected: User unknown in local recipient table; see the log"


@pytest.fixture
def sent(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project whose report `sales` reached Ann, but not Ben."""
    use_settings(monkeypatch, project)
    ledger = ledger_of(project)
    ann, ben = begin(ledger, run_of(project), [ANN, BEN])
    deliver(ledger, ann.id)
    ledger.claim(ben.id)
    ledger.settle(ben.id, DeliveryState.FAILED, error=WHY, size=204_800)
    ledger.close()
    return project


def test_each_delivery_is_a_line_with_its_receipt_or_its_error(sent: Path, reports: Reports) -> None:
    found = reports("deliveries")

    assert found.exit_code == 0
    [ann], [ben] = ([line.split() for line in found.stdout.splitlines() if name in line.split()]
                    for name in ("ann@x.example", "ben@x.example"))  # fmt: skip
    assert ann[:6] == ["sales", "2026-10-01", "email", "ann@x.example", "delivered", "1"]
    assert ann[-3:] == ["10", "bytes", "<1@x>"]
    assert ben[4] == "failed"
    assert " ".join(ben).endswith(f"204.8 KB {WHY}")
    assert "All reports, last 30 days: 1 delivered, 1 failed" in found.stdout


@pytest.mark.parametrize(("arguments", "names"), [
    (["--state", "failed"], {"ben"}), (["--to", "Ann@X.example"], {"ann"}), (["--run", "manual__1"], {"ann", "ben"}),
    (["--run", "manual__2"], set()), (["--report", "costs"], set()), (["--since", "2026-01-01"], {"ann", "ben"}),
    (["--since", "2100-01-01"], set()), (["--report", "sales", "--state", "delivered"], {"ann"}),
])  # fmt: skip
def test_only_what_is_asked_for_is_shown(sent: Path, reports: Reports, arguments: list[str], names: set[str]) -> None:
    found = reports("deliveries", *arguments, "--json")

    assert {record["recipient"].partition("@")[0] for record in json.loads(found.stdout)} == names


def test_as_json_all_is_told(sent: Path, reports: Reports) -> None:
    [record] = json.loads(reports("deliveries", "--state", "failed", "--json").stdout)

    assert (record["report_id"], record["state"], record["error"], record["attempts"]) == ("sales", "failed", WHY, 1)
    assert record["period_start"] == "2026-09-30T22:00:00+00:00"


def test_no_more_are_shown_than_asked_for_and_that_is_said(sent: Path, reports: Reports) -> None:
    begin(ledger_of(sent), run_of(sent), people(8))

    found = reports("deliveries", "--limit", "3")

    assert found.stdout.count("sales") == 3
    assert "Only the newest 3; more with --limit" in found.stdout


def test_where_there_is_none_that_is_said(sent: Path, reports: Reports) -> None:
    assert reports("deliveries", "--state", "dead").stdout == "No such delivery\n"


def test_a_state_may_be_written_as_it_is_shown(sent: Path, reports: Reports) -> None:
    ledger = ledger_of(sent)
    [cai] = [entry for entry in begin(ledger, run_of(sent), people(1)) if entry.state is DeliveryState.PLANNED]
    ledger.put_off(cai.id, DeliveryState.DEAD, WHY)

    shown, named = (json.loads(reports("deliveries", "--state", state, "--json").stdout)
                    for state in ("given up", "dead"))  # fmt: skip

    assert [record["id"] for record in shown] == [record["id"] for record in named] == [cai.id]


def test_the_heading_names_the_time_zone(
    sent: Path, reports: Reports, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(time.tzset)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        found = reports("deliveries").stdout, reports("audit", "show", "--run", "manual__1").stdout

    assert all("When (JST)" in text for text in found)


def test_on_a_narrow_screen_nothing_is_cut_off(sent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(width=100, force_terminal=True, color_system=None, markup=False)

    show_deliveries(sent / "report_specs", Asked(None, None, None, None, None, 50), False, console)

    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    together = " ".join(" ".join(lines).split())
    assert "ben@x.example" in together
    assert "…" not in together
    assert "rejected" in together


def test_the_period_of_a_report_whose_spec_is_gone_is_told_in_utc(sent: Path, reports: Reports) -> None:
    (sent / "report_specs" / "sales.yaml").unlink()

    assert "2026-09-30 22:00 to 2026-10-01 22:00 UTC" in reports("deliveries").stdout


@pytest.mark.parametrize(("arguments", "told"), [
    (["--state", "faild"], "there is no state 'faild'"), (["--since", "yesterday"], "--since 'yesterday' is no day"),
])  # fmt: skip
def test_what_cannot_be_asked_for_is_said(sent: Path, reports: Reports, arguments: list[str], told: str) -> None:
    found = reports("deliveries", *arguments)

    assert found.exit_code == 2
    assert told in found.stderr


@pytest.mark.parametrize(("size", "words"), [
    (None, ""), (0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 KB"), (12_345_678, "12.3 MB"), (3 * 10**9, "3.0 GB"),
])  # fmt: skip
def test_sizes_are_told_in_words(size: int | None, words: str) -> None:
    assert readable(size) == words
