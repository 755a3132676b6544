"""What a spec may write as `run_when`, and where its mistakes are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduled_reports.judgement.logic import All, Any, Not
from scheduled_reports.judgement.run_when import RunWhen
from scheduled_reports.spec.load import BrokenReport, Report, load
from specs import SALES, write

OLD = "run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n"
ROWS = "{type: rows, dataset: orders, at_least: 1}"
PROBE = "{type: value, connection: shop, sql: SELECT count(*) FROM orders, at_least: 1}"


def loaded(folder: Path, run_when: str) -> Report | BrokenReport:
    return load(write(folder, SALES.replace(OLD, f"run_when: {run_when}\n")), folder / "include")


@pytest.fixture
def rule(tmp_path: Path) -> Callable[[str], RunWhen]:
    def of(run_when: str) -> RunWhen:
        report = loaded(tmp_path, run_when)
        assert isinstance(report, Report), [str(problem) for problem in report.problems]
        return report.spec.run_when

    return of


@pytest.fixture
def told(tmp_path: Path) -> Callable[[str], str]:
    """Return a function that gives the only problem of a spec, without the file's name."""

    def of(run_when: str) -> str:
        report = loaded(tmp_path, run_when)
        assert isinstance(report, BrokenReport), "the spec should be broken"
        [problem] = [str(problem).rpartition("sales.yaml:")[2] for problem in report.problems]
        return problem

    return of


@pytest.mark.parametrize("text", [f"[{ROWS}, {PROBE}]", f"{{all: [{ROWS}, {PROBE}]}}"])
def test_a_list_means_that_all_must_hold(rule: Callable[[str], RunWhen], text: str) -> None:
    found = rule(text)

    assert isinstance(found.test, All)
    assert [(loc, condition.needs_data) for loc, condition in found.conditions()] == [
        (("all", 0), True), (("all", 1), False),
    ]  # fmt: skip


def test_groups_nest(rule: Callable[[str], RunWhen]) -> None:
    found = rule(f"{{any: [{{all: [{ROWS}, {{not: {PROBE}}}]}}, {{not: {{any: [{ROWS}]}}}}]}}")

    assert isinstance(found.test, Any)
    assert [loc for loc, _ in found.conditions()] == [
        ("any", 0, "all", 0), ("any", 0, "all", 1, "not"), ("any", 1, "not", "any", 0),
    ]  # fmt: skip


def test_not_may_stand_alone(rule: Callable[[str], RunWhen]) -> None:
    assert isinstance(rule(f"{{not: {ROWS}}}").test, Not)


def test_without_it_a_report_always_runs(tmp_path: Path) -> None:
    report = load(write(tmp_path, SALES.replace(OLD, "")), tmp_path / "include")

    assert isinstance(report, Report)
    assert report.spec.run_when.test is None
    assert list(report.spec.run_when.conditions()) == []


def test_a_run_may_wait(rule: Callable[[str], RunWhen]) -> None:
    found = rule(f"{{wait_for: 45m, every: 30s, then: alert, all: [{ROWS}, {PROBE}]}}")

    assert found.wait_for is not None
    assert (found.wait_for.total_seconds(), found.every.total_seconds(), found.then) == (2700, 30, "alert")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "13:11: run_when is empty; give it at least one entry"),
        ("{}", "13:11: run_when: it is empty; give it conditions, `- {type: …}`, or leave it out"),
        ("", "13:10: run_when: it is empty; give it conditions, `- {type: …}`, or leave it out"),
        ("always", "13:11: run_when: 'always' is no condition; write a list of them"),
        ("5", "13:11: run_when: 5 is no condition; write a list of them"),
        ("{all: []}", "13:17: run_when.all is empty; give it at least one entry"),
        ("{any: []}", "13:17: run_when.any is empty; give it at least one entry"),
        ("{not: }", "13:11: run_when: 'not' is empty; give it a condition, or leave it out"),
        ("{not: []}", "13:17: run_when.not: [] is no condition"),
        ("{any: yes}", "13:17: run_when.any: 'yes' is not a list; write a list"),
        (ROWS, "13:11: run_when: it is a condition where a list of them is meant; put a dash before it"),
        ("[[]]", "13:12: run_when[1]: [] is no condition; write {type: …}, or a group"),
        ("[rows]", "13:12: run_when[1]: 'rows' is no condition; write {type: …}, or a group"),
        ("[{}]", "13:12: run_when[1]: the key 'type' is missing; it says what kind this is"),
        (f"[{{al: [{ROWS}]}}]", "13:12: run_when[1]: the key 'type' is missing"),
        ("[{all: []}]", "13:18: run_when[1].all is empty; give it at least one entry"),
        (f"[{ROWS}, {{any: []}}]", "13:62: run_when[2].any is empty; give it at least one entry"),
        ("[{any: {}}]", "13:18: run_when[1].any: {} is not a list"),
        ("[{not: }]", "13:18: run_when[1].not: it is empty; write {type: …}, or a group"),
        ("{any: [{all: [{not: rows}]}]}", "13:31: run_when.any[1].all[1].not: 'rows' is no condition"),
        ("[{type: rowz}]", "13:19: run_when[1]: unknown type 'rowz'; did you mean 'rows'?"),
        ("{not: {any: [{type: rowz}]}}", "13:31: run_when.not.any[1]: unknown type 'rowz'; did you mean 'rows'?"),
        ("[{type: }]", "13:19: run_when[1]: unknown type 'None'; allowed: "),
    ],
)
def test_what_is_no_condition_is_told_at_its_place(told: Callable[[str], str], text: str, problem: str) -> None:
    assert told(text).startswith(problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{{al: [{ROWS}]}}", "13:12: unknown key 'al' in run_when; did you mean 'all'? (allowed: all, any, every, n"),
        ("[{type: rows, dataset: orders, at_leest: 1}]",
         "13:42: unknown key 'at_leest' in run_when[1]; did you mean 'at_least'? (allowed: at_least, at_most, dat"),
        ("[{any: [{type: rows, dataset: orders, at_leest: 1}]}]",
         "13:49: unknown key 'at_leest' in run_when[1].any[1]; did you mean 'at_least'? (allowed: at_least, at_most, "),
        ("{not: {not: {type: rows, dataset: orders, at_leest: 1}}}",
         "13:53: unknown key 'at_leest' in run_when.not.not; did you mean 'at_least'? (allowed: at_least, at_most, "),
        (f"[{{any: [{ROWS}], wait_for: 5m}}]",
         "13:64: unknown key 'wait_for' in run_when[1]; it is a key of 'run_when' itself; here are allowed: any"),
        (f"[{{not: {ROWS}, then: skip}}]", "13:62: unknown key 'then' in run_when[1]; allowed: not"),
        ("[{type: rows, dataset: orders, at_least: 1, all: []}]",
         "13:55: unknown key 'all' in run_when[1]; it is a key of 'run_when' itself; here are allowed: "),
        ("[{any: [{type: rows, at_least: 1}]}]", "13:19: the key 'dataset' is missing in run_when[1].any[1]; add it"),
    ],
)  # fmt: skip
def test_unknown_and_missing_keys_are_told_with_what_is_allowed_there(
    told: Callable[[str], str], text: str, problem: str
) -> None:
    assert told(text).startswith(problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{any: [{all: [{not: {type: rows, dataset: orders, at_least: x}}]}]}",
         "13:71: run_when.any[1].all[1].not.at_least: 'x' is not a whole number"),
        ("[{any: [{type: rows, dataset: ordes, at_least: 1}]}]",
         "13:41: run_when[1].any[1].dataset: there is no source or dataset 'ordes'; did you mean 'orders'?"),
        ("{not: {type: value, sql: 'SELECT :perod_start', at_least: 1}}",
         "13:36: run_when.not.sql: unknown bind value ':perod_start' in line 1 of the SQL; did you mean"),
        ("{not: {type: value, sql: SELECT 1, change: {against: previous_run, at_least: ten}}}",
         "13:88: run_when.not.change.at_least: 'ten' is no change; write a percentage, '-5%', or a number"),
        ("{all: [{type: value, sql: SELECT 1, change: {against: lastly, at_least: 1}}]}",
         "13:65: run_when.all[1].change.against: 'lastly' is not allowed; allowed: previous_period, previous_run"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_at_its_place_however_deep(told: Callable[[str], str], text: str, problem: str) -> None:
    assert told(text).startswith(problem)
    assert "<" not in told(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{{all: [{ROWS}], any: [{ROWS}]}}", "both 'all' and 'any' are given; put one into the other"),
        (f"{{any: [{ROWS}], not: {ROWS}}}", "both 'any' and 'not' are given; put one into the other"),
        ("{wait_for: 45m}", "it says how to wait, and not for what; give it conditions"),
        (f"{{all: [{ROWS}], then: skip}}", "'every' and 'then' say how it waits, and it does not"),
        (f"{{all: [{ROWS}], every: 1m}}", "'every' and 'then' say how it waits, and it does not"),
        (f"{{all: [{ROWS}], wait_for: 45m}}", "'wait_for' waits for conditions that can be asked before"),
    ],
)
def test_what_does_not_go_together_is_refused(told: Callable[[str], str], text: str, problem: str) -> None:
    assert told(text).startswith(f"13:11: run_when: {problem}")


def test_two_keys_in_one_group_are_told_at_the_group(told: Callable[[str], str]) -> None:
    assert told(f"[{ROWS}, {{all: [{ROWS}], any: [{ROWS}]}}]").startswith(
        "13:56: run_when[2]: both 'all' and 'any' are in one group; make an entry of each"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[{type: rows, dataset: orders, at_least: 5}, {type: rows, dataset: orders, at_most: 4}]",
         "13:56: run_when[2]: it can never be true: it and run_when[1] exclude each other, and both must hold"),
        (f"{{any: [{ROWS}, {{all: [{PROBE}, {PROBE.replace('at_least: 1', 'below: 1')}]}}]}}",
         "13:149: run_when.any[2].all[2]: it can never be true: it and run_when.any[2].all[1] exclude each other"),
    ],
)  # fmt: skip
def test_two_conditions_that_exclude_each_other_are_told(told: Callable[[str], str], text: str, problem: str) -> None:
    assert told(text).startswith(problem)


def test_two_that_exclude_each_other_may_be_alternatives(rule: Callable[[str], RunWhen]) -> None:
    found = rule("{any: [{type: rows, dataset: orders, at_least: 9}, {type: rows, dataset: orders, at_most: 4}]}")

    assert len(list(found.conditions())) == 2
