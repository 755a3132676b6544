"""The condition `value`, over the run's own tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from judging import earlier_run, evidence_of
from people import connect_crm, people
from runs import ledger_of, run_of
from scheduled_reports.conditions import Evidence
from scheduled_reports.conditions.value import Value
from scheduled_reports.errors import SourceError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.past import Measure, note_measures
from scheduled_reports.run import Run
from scheduled_reports.schedule.covers import covers

TOTAL = "SELECT sum(amount) FROM orders"
GROWN = {"against": "previous_run", "at_least": "10%"}


def value(sql: str = TOTAL, **more: Any) -> Value:
    return Value.model_validate({"type": "value", "sql": sql, **more})


def evidence(folder: Path, *amounts: Any, **more: Any) -> Evidence:
    return evidence_of(folder, orders={"amount": list(amounts)}, **more)


@pytest.mark.parametrize(
    ("limits", "met", "reason"),
    [
        ({"at_least": 1200}, True, "the value is 1,200"),
        ({"at_most": 1200}, True, "the value is 1,200"),
        ({"equals": 1200}, True, "the value is 1,200"),
        ({"above": 1199.5, "below": 1200.5}, True, "the value is 1,200"),
        ({"at_least": 1201}, False, "the value is 1,200 for Thursday, 1 October 2026, at least 1,201 needed"),
        ({"at_most": 0}, False, "the value is 1,200 for Thursday, 1 October 2026, at most 0 allowed"),
        ({"above": 1200}, False, "the value is 1,200 for Thursday, 1 October 2026, more than 1,200 needed"),
        ({"below": 1200}, False, "the value is 1,200 for Thursday, 1 October 2026, less than 1,200 needed"),
        ({"equals": 12}, False, "the value is 1,200 for Thursday, 1 October 2026, exactly 12 needed"),
        ({"label": "revenue", "below": 5}, False,
         "revenue is 1,200 for Thursday, 1 October 2026, less than 5 needed"),
    ],
)  # fmt: skip
def test_the_value_is_compared_with_its_limits(tmp_path: Path, limits: dict[str, Any], met: bool, reason: str) -> None:
    verdict = value(**limits).judge(evidence(tmp_path, 1000, 200))

    assert (verdict.met, verdict.reason, verdict.value) == (met, reason, 1200)


def test_the_query_binds_the_period_and_reads_nothing_but_the_tables(tmp_path: Path) -> None:
    there = evidence(tmp_path, 1)

    met = value("SELECT date_diff('hour', :period_start, :period_end) FROM orders", equals=24).judge(there)
    assert met.met
    with pytest.raises(SourceError, match=r"condition 'the value' failed"):
        value("SELECT count(*) FROM read_csv('/etc/passwd')", at_least=0).judge(there)
    with pytest.raises(SourceError, match="is not one SELECT"):
        value("DELETE FROM orders", at_least=0).judge(there)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT amount FROM orders WHERE false", "it gives no row"),
        ("SELECT amount FROM orders", "it gives several rows"),
        ("SELECT NULL", "it gives NULL"),
        ("SELECT sum(amount) FROM orders WHERE false", "it gives NULL"),
        ("SELECT '12'", "it gives text"),
        ("SELECT 'NaN'::DOUBLE", "it gives NaN or infinity"),
        ("SELECT 1e308 * 10", "it gives NaN or infinity"),
        ("SELECT count(*) > 1 FROM orders", "it gives true or false"),
        ("SELECT 1, 2", "it gives 2 columns"),
        ("SELECT current_date", "it gives a date"),
    ],
)
@pytest.mark.parametrize("limits", [{"at_least": -1e300}, {"change": GROWN, "without_history": "run"}])
def test_what_is_no_number_is_an_error_however_wide_the_limits(
    tmp_path: Path, sql: str, why: str, limits: dict[str, Any]
) -> None:
    with pytest.raises(SourceError) as caught:
        value(sql, **limits).judge(evidence(tmp_path, 1, 2))

    assert caught.value.why == why


@pytest.mark.parametrize(
    "sql", ["SELECT sum(amount) FROM ordrs", "SELECT sum(amuont) FROM orders", "SELECT FROM WHERE"]
)
def test_a_query_that_duckdb_refuses_is_an_error(tmp_path: Path, sql: str) -> None:
    with pytest.raises(SourceError, match="condition 'the value' failed"):
        value(sql, at_least=0).judge(evidence(tmp_path, 1))


def test_sums_are_exact_to_the_cent_and_beyond_what_a_float_holds(tmp_path: Path) -> None:
    cents = "SELECT sum(amount::DECIMAL(18,2)) FROM orders"

    assert value(cents, equals=0.3).judge(evidence(tmp_path, 0.1, 0.2)).met
    assert not value("SELECT 9007199254740993::HUGEINT", at_most=9007199254740992).judge(evidence(tmp_path, 1)).met


def test_the_error_of_a_query_over_hidden_columns_shows_none_of_their_values(tmp_path: Path) -> None:
    columns = "income: {type: text, sensitive: true, mask: {default: 'null', auditor: keep}}\nemail: {sensitive: true}"
    text = people(columns).replace("email AS contact", "phone AS contact")
    run = run_of(tmp_path, text)
    there = evidence_of(tmp_path, run=run, people={"email": ["ann@northwind.example"]})

    with pytest.raises(SourceError) as caught:
        value("SELECT sum(email::INTEGER) FROM people", at_least=0).judge(there)

    assert "ann@" not in str(caught.value)
    assert "Could not convert" in caught.value.why


def test_a_number_that_is_made_of_what_is_sensitive_is_not_told(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_crm(connection, tmp_path)
    run = run_of(
        tmp_path, people("income: {type: integer, sensitive: true}\n").replace("born, income FROM", "born FROM")
    )
    table = {"name": ["Ann"], "income": [71234]}
    there = evidence_of(tmp_path, run=run, people=table, contacts={"name": ["Ann"]}, totals={"people": [1]})

    with pytest.raises(SourceError, match="is, or may be, made of what is sensitive") as caught:
        value("SELECT max(income) FROM people", above=0).judge(there)

    assert "71" not in str(caught.value)
    assert value("SELECT count(*) FROM people", above=0).judge(there).met


def test_it_is_not_asked_before_there_are_tables(tmp_path: Path) -> None:
    assert value(at_least=1).needs_data
    with pytest.raises(SourceError, match="before the extraction"):
        value(at_least=1).judge(evidence_of(tmp_path))


def measured(ledger: Ledger, run: Run, days: int, condition: Value, number: float, **more: Any) -> None:
    earlier_run(ledger, run, days, "condition", Measure(condition.key, number), **more)


@pytest.mark.parametrize(
    ("earlier", "met", "compared"),
    [
        (100, True, "+10.00% against 100 for Wednesday, 30 September 2026"),
        (110, False, "+0.00% against 110 for Wednesday, 30 September 2026, at least 10% needed"),
        (200, False, "-45.00% against 200 for Wednesday, 30 September 2026, at least 10% needed"),
    ],
)
@pytest.mark.parametrize("against", ["previous_run", "previous_period"])
def test_a_change_is_compared_with_what_the_ledger_knows(
    tmp_path: Path, against: str, earlier: float, met: bool, compared: str
) -> None:
    condition, run, ledger = value(change={**GROWN, "against": against}), run_of(tmp_path), ledger_of(tmp_path)
    measured(ledger, run, 1, condition, earlier)

    verdict = condition.judge(evidence(tmp_path, 110, run=run, ledger=ledger))

    assert (verdict.met, verdict.value) == (met, 110)
    assert verdict.reason == f"the value is 110 for Thursday, 1 October 2026, {compared}"


@pytest.mark.parametrize("without", [{}, {"without_history": "skip"}, {"without_history": "run"}])
@pytest.mark.parametrize(
    ("against", "words"),
    [("previous_run", "no earlier run measured it"), ("previous_period", "no run measured it for Wednesday, 30 Sept")],
)
def test_without_history_the_spec_decides_and_the_reason_says_so(
    tmp_path: Path, without: dict[str, str], against: str, words: str
) -> None:
    condition = value(change={**GROWN, "against": against}, **without)

    verdict = condition.judge(evidence(tmp_path, 110, ledger=ledger_of(tmp_path)))

    assert verdict.met is (without.get("without_history") == "run")
    assert f"and there is nothing to compare it with, as {words}" in verdict.reason
    assert verdict.value == 110


@pytest.mark.parametrize("without", ["skip", "run"])
def test_a_percentage_of_zero_cannot_be_said_and_counts_as_without_history(tmp_path: Path, without: str) -> None:
    condition, run, ledger = value(change=GROWN, without_history=without), run_of(tmp_path), ledger_of(tmp_path)
    measured(ledger, run, 1, condition, 0)

    verdict = condition.judge(evidence(tmp_path, 110, run=run, ledger=ledger))

    assert verdict.met is (without == "run")
    assert "it was 0 for Wednesday, 30 September 2026, of which nothing is a percentage" in verdict.reason


def test_the_previous_period_is_not_whichever_ran_last_but_the_previous_run_is(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    of_run, of_period = value(change=GROWN), value(change={**GROWN, "against": "previous_period"})
    measured(ledger, run, 3, of_run, 100)
    there = evidence(tmp_path, 110, run=run, ledger=ledger)

    assert of_run.judge(there).met
    assert not of_period.judge(there).met
    assert "no run measured it for Wednesday" in of_period.judge(there).reason


def test_a_run_that_was_skipped_counts_as_its_change_was_too_small_and_one_that_was_stopped_does_not(
    tmp_path: Path,
) -> None:
    condition, run, ledger = value(change=GROWN), run_of(tmp_path), ledger_of(tmp_path)
    measured(ledger, run, 4, condition, 100, state=RunState.SKIPPED)
    for days, state in ((1, RunState.STOPPED), (2, RunState.FAILED), (3, RunState.DROPPED)):
        measured(ledger, run, days, condition, 1, state=state)

    assert "against 100 for Sunday, 27 September 2026" in condition.judge(
        evidence(tmp_path, 110, run=run, ledger=ledger)
    ).reason  # fmt: skip


def test_limits_and_change_must_both_hold(tmp_path: Path) -> None:
    condition, run, ledger = value(change=GROWN, at_least=500), run_of(tmp_path), ledger_of(tmp_path)
    measured(ledger, run, 1, condition, 100)

    small = condition.judge(evidence(tmp_path, 400, run=run, ledger=ledger))
    assert (small.met, small.reason.rpartition(", ")[2]) == (False, "at least 500 needed")
    assert condition.judge(evidence(tmp_path, 500, run=run, ledger=ledger)).met


def test_values_compare_as_long_as_the_same_is_measured_whatever_is_wanted_of_it() -> None:
    one = value(at_least=5).key

    assert one == value(at_most=7, label="revenue", change=GROWN).key
    assert len({one, value("SELECT 1", at_least=5).key, value(connection="shop", at_least=5).key}) == 3


def test_a_month_to_date_is_compared_with_the_same_days_of_the_month_before(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    timing = run.report.timing(run.schedule)
    period = covers("month_to_date").period(run.period.end, timing.frame)
    condition = value(change={**GROWN, "against": "previous_period"})
    run = replace(run, period=period)
    earlier = timing.period_between(period.previous_start, period.previous_end)
    before = replace(run, period=earlier, run_id="a month ago")
    ledger.begin(before, [], period.previous_end)
    note_measures(ledger, before, "condition", [Measure(condition.key, 100)])
    ledger.end(before, RunState.DELIVERED)

    assert condition.judge(evidence(tmp_path, 110, run=run, ledger=ledger)).met


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "no limit is given"),
        ({"at_least": "5"}, "'5' is not a number"),
        ({"at_least": 5, "at_most": 4}, "at_least (5) and at_most (4) exclude each other; it can never be true"),
        ({"above": 5, "below": 5}, "above (5) and below (5) exclude each other"),
        ({"equals": 5, "above": 5}, "above (5) and equals (5) exclude each other"),
        ({"at_least": 5, "timeout": "1m"}, "'timeout' is of a database; give its 'connection'"),
        ({"at_least": 5, "timezone": "Europe/Berlin"}, "'timezone' is of a database"),
        ({"at_least": 5, "without_history": "run"}, "'without_history' is about 'change'"),
        ({"connection": "shop", "change": {"against": "previous_period", "at_least": 1}}, "asks for none"),
        ({"connection": "postgres://u:pw@host/db", "at_least": 1}, "not the id of an Airflow connection"),
        ({"sql": "", "at_least": 1}, "at least 1 character"),
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        value(**{"sql": TOTAL, **fields})

    assert said in str(caught.value)
