"""What all checks of a table share: `where`, `by` and `limits`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from judging import check_of, data_of, results_of, rows_in
from runs import run_of
from scheduled_reports.checks import Outcome
from scheduled_reports.errors import CheckError, SourceError
from scheduled_reports.spec.load import BrokenReport, load
from specs import SALES, write

CALLS = {"id": [1, 2, None, None], "ch": ["phone", "chat", "phone", None]}


def complete(**given: Any) -> Any:
    return check_of("complete", dataset="calls", columns="id", **given)


def test_only_rows_that_meet_the_condition_are_looked_at(tmp_path: Path) -> None:
    (result,) = results_of(complete(where="ch = 'phone' OR ch = 'chat' -- not the rest"), tmp_path, calls=CALLS)

    assert result.reason == "calls: id is empty in 1 of 3 rows, none allowed"
    assert rows_in(result.failing, tmp_path) == [{"id": None, "ch": "phone"}]


def test_conditions_are_kept_apart(tmp_path: Path) -> None:
    (result,) = results_of(complete(where="ch = 'chat' OR ch IS NULL"), tmp_path, calls=CALLS)

    assert rows_in(result.failing, tmp_path) == [{"id": None, "ch": None}]


def test_a_condition_may_use_bind_values(tmp_path: Path) -> None:
    calls = {"id": [None, None], "day": [dt.date(2026, 9, 30), dt.date(2026, 10, 1)]}

    (result,) = results_of(complete(where="day = :period_start_date::DATE"), tmp_path, calls=calls)

    assert [row["day"] for row in rows_in(result.failing, tmp_path)] == [dt.date(2026, 10, 1)]


def test_a_parameter_may_have_any_name(tmp_path: Path) -> None:
    run = run_of(tmp_path, SALES + "parameters: {check_part: {type: text, default: phone}}\n")
    calls = {**CALLS, "v": [0, 0, 9, 9]}
    check = check_of("between", dataset="calls", column="v", at_most=5, by="ch", where="ch = :check_part")

    (result,) = results_of(check, tmp_path, run=run, calls=calls)

    assert rows_in(result.failing, tmp_path) == [{"id": None, "ch": "phone", "v": 9}]


def test_each_value_is_judged_by_itself(tmp_path: Path) -> None:
    nobody, chat, phone = results_of(complete(by="ch"), tmp_path, calls=CALLS)

    assert [result.part for result in (nobody, chat, phone)] == ["", "chat", "phone"]
    assert nobody.reason == "calls (without ch): id is empty in 1 of 1 rows, none allowed"
    assert chat.reason == "calls (chat): id is empty in 0 of 1 rows, none allowed"
    assert rows_in(nobody.failing, tmp_path) == [{"id": None, "ch": None}]
    assert rows_in(phone.failing, tmp_path) == [{"id": None, "ch": "phone"}]


def test_a_value_has_limits_of_its_own(tmp_path: Path) -> None:
    results = results_of(complete(by="ch", limits={"phone": {"allow": "50%"}}), tmp_path, calls=CALLS)

    assert results[2].outcome is Outcome.PASSED
    assert results[2].reason == "calls (phone): id is empty in 1 of 2 rows, 50% allowed"
    assert results[0].outcome is Outcome.FAILED


def test_a_value_with_limits_is_judged_where_no_row_has_it(tmp_path: Path) -> None:
    results = results_of(complete(by="ch", limits={"fax": {"allow": 3}}), tmp_path, calls=CALLS)

    assert results[-1].reason == "calls (fax): id is empty in 0 of 0 rows, 3 allowed"


def test_an_empty_table_is_a_result_though_it_has_no_parts(tmp_path: Path) -> None:
    calls = pa.table({"id": pa.array([], pa.int64()), "ch": pa.array([], pa.string())})

    (result,) = results_of(complete(by="ch"), tmp_path, calls=calls)

    assert (result.part, result.reason) == ("", "calls: id is empty in 0 of 0 rows, none allowed")


@pytest.mark.parametrize(
    ("values", "parts"),
    [
        ([2, 10, None], ["", "10", "2"]),
        ([True, False], ["false", "true"]),
        ([dt.date(2026, 1, 2)], ["2026-01-02"]),
        ([1.5, float("nan")], ["1.5", "nan"]),
        (["", None, " "], ["", " "]),
        (["it's", ":x", 'say "hi"', "名前"], [":x", "it's", 'say "hi"', "名前"]),
        ([["a"], ["b"]], ["[a]", "[b]"]),
    ],
)
def test_parts_are_named_by_their_values_as_text(tmp_path: Path, values: list[Any], parts: list[str]) -> None:
    calls = {"id": pa.array([None] * len(values), pa.int64()), "part": values}

    results = results_of(complete(by="part"), tmp_path, calls=calls)

    assert [result.part for result in results] == parts
    assert sum(len(rows_in(result.failing, tmp_path)) for result in results) == len(values)


def test_a_thousand_parts_are_the_most(tmp_path: Path) -> None:
    table = {"id": list(range(1000)), "part": list(range(1000))}
    assert len(results_of(complete(by="part"), tmp_path, calls=table)) == 1000

    with pytest.raises(CheckError, match="column 'part' of calls has over 1,000 values: each would be judged"):
        results_of(complete(by="part"), tmp_path, calls={"id": list(range(1001)), "part": list(range(1001))})


@pytest.mark.parametrize(
    ("value", "name"),
    [("phone\nNobody got it.", r"phone\nNobody got it."), ("\x1b[2J", r"\x1b[2J"), ("a\0", r"a\x00"),
     ("Łódź 🚚", "Łódź 🚚"), ("phone ", "phone ")],
)  # fmt: skip
def test_a_name_that_would_break_the_line_is_written_as_an_escape(tmp_path: Path, value: str, name: str) -> None:
    (found,) = results_of(complete(by="part"), tmp_path, calls={"id": [None], "part": [value]})

    assert found.part == value
    assert found.reason.startswith(f"calls ({name}): id is empty in 1 of 1 rows")


def test_a_value_that_is_too_long_for_the_ledger_names_no_part(tmp_path: Path) -> None:
    assert len(results_of(complete(by="part"), tmp_path, calls={"id": [1], "part": ["x" * 500]})) == 1

    with pytest.raises(CheckError, match="column 'part' of calls has a value of over 500 letters: each value names a"):
        results_of(complete(by="part"), tmp_path, calls={"id": [1], "part": ["x" * 501]})


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ({"by": "chanel"}, CheckError, "calls has no column 'chanel'"),
        ({"by": "CH"}, CheckError, "calls has no column 'CH': .*ch"),
        ({"where": "chanel = 'phone'"}, SourceError, "the SQL of check 'complete_calls' failed.*\"chanel\""),
        ({"where": "ch = "}, SourceError, "the SQL of check 'complete_calls' failed"),
        ({"where": "1 = 1); DROP TABLE calls; SELECT (1"}, SourceError, "the SQL of check 'complete_calls'"),
        ({"where": "ch::INT = 1"}, SourceError, "Could not convert"),
    ],
)
def test_what_cannot_be_judged_is_an_error(tmp_path: Path, given: dict[str, Any], error: type, told: str) -> None:
    with pytest.raises(error, match=f"(?s){told}"):
        results_of(complete(**given), tmp_path, calls=CALLS)


def test_a_table_that_the_run_has_not_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="table 'calls' is not in this run"):
        results_of(complete(), tmp_path, others=CALLS)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"limits": {"phone": {"allow": 3}}}, "write 'by' too: by: channel"),
        ({"by": "ch", "limits": {"phone": {"alow": 3}}}, "alow"),
        ({"by": "ch", "limits": {"phone": 3}}, "limits"),
        ({"by": ""}, "by"),
    ],
)
def test_limits_that_make_no_sense_are_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        complete(**given)


HIDDEN = SALES.replace(
    "    connection: shop\n", "    connection: shop\n    columns: {customer: {sensitive: true}}\n"
).replace("- type: table\n    title: Orders\n    dataset: orders", "- type: table\n    dataset: totals")
HIDDEN = HIDDEN.replace("{type: csv, dataset: orders}", "{type: csv, dataset: totals}")


def test_a_sensitive_column_cannot_name_parts(tmp_path: Path) -> None:
    text = f"{HIDDEN}checks:\n  - {{type: unique, dataset: orders, columns: amount, by: customer}}\n"

    broken = load(write(tmp_path, text), tmp_path / "include")

    assert isinstance(broken, BrokenReport)
    (problem,) = broken.problems
    assert problem.message.startswith("checks[1]: shows 'customer' of source 'orders'; it is sensitive, and not masked")


def test_values_that_may_be_sensitive_are_never_told(tmp_path: Path) -> None:
    text = HIDDEN.replace("datasets:\n", "datasets:\n  loud: {sql: SELECT upper(customer) AS who FROM orders}\n")
    data = data_of(tmp_path, run=run_of(tmp_path, text), orders={"customer": ["Ann"]}, loud={"who": ["ANN"]},
                   totals={"n": [1]})  # fmt: skip

    with pytest.raises(CheckError, match="'who' holds, or may hold, what is sensitive") as caught:
        list(check_of("unique", dataset="loud", columns="who", by="who").judge(data))

    assert "ANN" not in str(caught.value)
