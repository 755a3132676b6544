"""A check that breaks, or finds nothing at all, stops the report; and none tells what nobody may see."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from judging import tables_of
from people import people
from runs import NOW, ledger_of, run_of
from scheduled_reports.checks import Check, Outcome, Result
from scheduled_reports.checks.base import CheckedData
from scheduled_reports.errors import CheckError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.findings import checks_of
from scheduled_reports.run import Run
from scheduled_reports.steps.checks import require_good_data
from scheduled_reports.steps.extract import extract
from scheduled_reports.tables import Tables
from specs import SALES

pytestmark = pytest.mark.filterwarnings("ignore:GitWildMatchPattern")  # Airflow's own, as it loads its lineage code

SENSITIVE = "email: {sensitive: true}\nborn: {type: date, sensitive: true}\nincome: {sensitive: true}\n"


class Does(Check):
    """A check of a third party, which does what it is told to."""

    type: Literal["does"] = "does"
    what: Any = None

    def judge(self, data: CheckedData) -> Iterator[Result]:
        found: Iterator[Result] = self.what(data)
        return found


def with_check(run: Run, does: Callable[[CheckedData], Any], severity: str = "warn") -> Run:
    check = Does.model_construct(id="odd", severity=severity, what=does)
    spec = run.report.spec.model_copy(update={"checks": (check,)})
    return replace(run, report=replace(run.report, spec=spec))


def stopped(run: Run, ledger: Ledger, tables: Tables) -> str:
    """Judge the checks of a run, which must stop it; return the reason."""
    ledger.begin(run, [], NOW)
    with pytest.raises(CheckError):
        require_good_data(run, tables, ledger, NOW)
    state, reason = ledger.outcome(run)
    assert state is RunState.STOPPED
    return reason


def exits(data: CheckedData) -> None:
    sys.exit(0)


def fails(data: CheckedData) -> None:
    raise ValueError("no such thing")


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        (fails, "ValueError: no such thing"),
        (exits, "SystemExit: 0"),
        (lambda _: [], "it gave no result"),
        (lambda _: [True], "TypeError: it gave bool in place of a result"),
        (lambda _: None, "TypeError: 'NoneType' object is not iterable"),
    ],
)
def test_a_check_that_breaks_or_finds_nothing_stops_the_report_whatever_its_severity(
    tmp_path: Path, does: Callable[[CheckedData], Any], reason: str
) -> None:
    run, ledger = with_check(run_of(tmp_path), does), ledger_of(tmp_path)

    told = stopped(run, ledger, tables_of(tmp_path, orders={"customer": ["Ann"]}))

    assert told == f"odd: it could not be judged: {reason}"
    assert [(entry.outcome, entry.severity) for entry in checks_of(ledger, run)] == [(Outcome.CRASHED, "stop")]


def test_of_very_many_parts_that_fail_the_first_are_told_and_the_ledger_has_them_all(tmp_path: Path) -> None:
    checks = "checks:\n  - {type: row_count, dataset: orders, at_least: 2, by: customer}\n"
    run, ledger = run_of(tmp_path, SALES.replace("content:\n", f"{checks}content:\n", 1)), ledger_of(tmp_path)
    customers = [f"{number:04}" for number in range(1_000)]

    ledger.begin(run, [], NOW)
    with pytest.raises(CheckError, match=r"stopped by 1 of its 1 checks: ") as caught:
        require_good_data(run, tables_of(tmp_path, orders={"customer": customers}), ledger, NOW)

    reason = ledger.outcome(run)[1]
    assert reason.count("has 1 row for") == 20
    assert reason.endswith("; and 980 more")
    assert len(str(caught.value)) < 3_000
    assert len(checks_of(ledger, run)) == 1_000


@pytest.mark.parametrize(("severity", "key"), [("warn", "notices"), ("hold", "held")])
def test_of_very_many_parts_a_banner_and_an_approver_are_told_the_first(
    tmp_path: Path, severity: str, key: str
) -> None:
    results = [Result(Outcome.FAILED, f"row {number} is odd", str(number)) for number in range(1_000)]
    run = with_check(run_of(tmp_path), lambda _: results, severity)

    require_good_data(run, tables_of(tmp_path, orders={"customer": ["Ann"]}), None, NOW)

    told = run.folder.manifest()[key]
    assert len(told) == 21
    assert "row 19 is odd" in str(told[19])
    assert "and 980 more" in str(told[20])


@pytest.fixture
def secret(crm_run: Callable[..., Run]) -> Callable[[str], Run]:
    """Make an extracted run of a report on people with one check."""

    def make(check: str) -> Run:
        contacts = "SELECT name, email AS contact, phone, born, income FROM people ORDER BY id"
        text = people(SENSITIVE).replace(contacts, "SELECT name, phone FROM people ORDER BY id")
        text = text.replace("content:\n", f"checks:\n  - {{{check}}}\ncontent:\n", 1)
        run = crm_run(text)
        extract(run)
        return run

    return make


def data_of(run: Run) -> Tables:
    return Tables(Path(run.folder.root.path) / "data")


def all_told(run: Run, reason: str, caplog: pytest.LogCaptureFixture) -> str:
    """Return all that is told of a stopped run: in the ledger, in the log with its traces, in the manifest."""
    return "\n".join([reason, caplog.text, str(run.folder.manifest())])


@pytest.mark.parametrize(
    "check",
    [
        "type: row_count, dataset: people, at_least: 1, where: CAST(email AS INT) > 3",
        "type: between, dataset: people, column: id, at_least: 0, where: CAST(email AS DATE) > '2026-01-01'",
        "type: alert_threshold, dataset: people, column: name, says: x, rule: CAST(email AS INT) > 3",
        "type: trend, dataset: people, measure: count(CAST(email AS INT))",
        "type: sql, sql: SELECT 1 AS one FROM people WHERE error(email) IS NULL",
        "type: sql, sql: SELECT 1 AS one FROM people WHERE (income + 0.5)::TINYINT > 1",
    ],
)
def test_no_check_that_breaks_tells_a_sensitive_value(
    secret: Callable[[str], Run], tmp_path: Path, caplog: pytest.LogCaptureFixture, check: str
) -> None:
    run = secret(check)

    reason = stopped(run, ledger_of(tmp_path), data_of(run))

    assert "it could not be judged" in reason
    for value in ("confidential", "mail0", "7123"):
        assert value not in all_told(run, reason, caplog)


def test_what_a_third_partys_check_says_as_it_breaks_is_not_told_where_values_are_hidden(
    secret: Callable[[str], Run], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(data: CheckedData) -> None:
        raise ValueError(f"no score for {data.tables.read('people')['email'][0]}")

    run = with_check(secret("type: row_count, dataset: people, at_least: 1"), breaks)

    reason = stopped(run, ledger_of(tmp_path), data_of(run))

    assert reason.startswith("odd: it could not be judged: ValueError (what it says is not shown")
    assert "confidential" not in all_told(run, reason, caplog)


def test_a_slip_in_a_check_is_still_told_where_values_are_hidden(secret: Callable[[str], Run], tmp_path: Path) -> None:
    run = secret("type: row_count, dataset: people, at_least: 1, where: emial IS NULL")

    assert 'Referenced column "emial" not found' in stopped(run, ledger_of(tmp_path), data_of(run))


@pytest.mark.parametrize(
    "check",
    [
        "type: trend, dataset: people, measure: max(income), where: id = 0",
        "type: trend, dataset: people, measure: count(*) + min(income)",
        "type: reconcile, dataset: people, measure: max(income), with: {dataset: totals, measure: max(people)}",
        "type: reconcile, dataset: totals, measure: max(people), with: {dataset: people, measure: max(income)}",
    ],
)
def test_no_check_tells_a_number_that_is_made_of_what_is_sensitive(
    secret: Callable[[str], Run], tmp_path: Path, caplog: pytest.LogCaptureFixture, check: str
) -> None:
    run = secret(check)

    with caplog.at_level(logging.INFO):
        reason = stopped(run, ledger_of(tmp_path), data_of(run))

    assert "is, or may be, made of what is sensitive" in reason
    assert "71,23" not in all_told(run, reason, caplog)
    assert "7123" not in all_told(run, reason, caplog)


@pytest.mark.parametrize("measure", ["count(*)", "count(DISTINCT email)", "max(id)"])
def test_what_only_counts_may_be_measured(secret: Callable[[str], Run], tmp_path: Path, measure: str) -> None:
    run = secret(f"type: trend, dataset: people, measure: {measure}")

    [told] = require_good_data(run, data_of(run), ledger_of(tmp_path), NOW).values()

    assert told.startswith("learning")


@pytest.mark.parametrize("column", ["day", "CAST(day AS TIMESTAMP)"])
def test_no_newest_value_is_told_of_a_column_that_a_query_made_of_what_is_sensitive(
    crm_run: Callable[..., Run], tmp_path: Path, column: str
) -> None:
    text = people(SENSITIVE).replace(
        "SELECT name, email AS contact, phone, born, income FROM people ORDER BY id", "SELECT name, phone FROM people"
    )
    days = f"datasets:\n  days:\n    sql: SELECT {column} AS newest FROM (SELECT born AS day FROM people)\n"
    check = "checks:\n  - {type: freshness, dataset: days, column: newest, within: 1d}\ncontent:\n"
    run = crm_run(text.replace("datasets:\n", days, 1).replace("content:\n", check, 1))
    extract(run)

    reason = stopped(run, ledger_of(tmp_path), data_of(run))

    assert "'newest' holds, or may hold, what is sensitive" in reason
    assert "196" not in reason
