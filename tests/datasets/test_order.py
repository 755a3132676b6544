"""Datasets may be declared in any order; each is made after what it reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduled_reports.datasets.order import _sorted, circle_in, in_order
from scheduled_reports.errors import SourceError

ORDERS = {"orders": {"customer": ["a", "b"], "amount": [1, 2]}}


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, list[str]], list[str]]:
    """Return datasets with those that each reads, and an order to declare them in."""
    names = [f"d{number}" for number in range(draw(st.integers(2, 4)))]
    reads = {name: draw(st.lists(st.sampled_from(names[:place]), unique=True)) if place else []
             for place, name in enumerate(names)}  # fmt: skip
    return reads, draw(st.permutations(names))


def sql(number: int, reads: list[str]) -> str:
    joined = "".join(f" JOIN {name} ON true" for name in reads)
    total = " + ".join(["orders.amount", *(f"{name}.n" for name in reads)])
    return f"SELECT sum({total}) + {number} AS n FROM orders{joined}"


@given(graph=graphs())
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_declaration_gives_the_same_tables(
    made: Callable[..., Any], graph: tuple[dict[str, list[str]], list[str]]
) -> None:
    reads, declared = graph
    queries = {name: sql(place, others) for place, (name, others) in enumerate(reads.items())}

    def tables(names: list[str]) -> dict[str, Any]:
        return made("".join(f"{name}: {{sql: '{queries[name]}'}}\n" for name in names), ORDERS)

    assert tables(declared) == tables(sorted(declared))


@given(graph=graphs())
def test_no_dataset_comes_before_one_that_it_reads(graph: tuple[dict[str, list[str]], list[str]]) -> None:
    reads, declared = graph

    found = list(_sorted({name: reads[name] for name in declared}))

    assert sorted(found) == sorted(declared)
    for name in declared:
        assert all(found.index(other) < found.index(name) for other in reads[name])


@pytest.mark.parametrize("shown", ["a b c d", "d c b a"])
def test_what_needs_no_other_order_is_made_as_declared(given: Callable[..., Any], shown: str) -> None:
    names = shown.split()
    run, _ = given("".join(f"{name}: {{sql: SELECT * FROM orders}}\n" for name in names), ORDERS)

    assert [name for name, _ in in_order(run)] == names


def test_a_dataset_that_others_read_comes_just_as_early_as_it_must(given: Callable[..., Any]) -> None:
    run, _ = given("a: {sql: FROM c}\nb: {sql: FROM orders}\nc: {sql: FROM orders}\nd: {sql: FROM a}", ORDERS)

    assert [name for name, _ in in_order(run)] == ["b", "c", "a", "d"]


def test_kinds_of_datasets_read_each_other(made: Callable[..., Any], tmp_path: Any) -> None:
    (tmp_path / "include" / "python").mkdir(parents=True)
    (tmp_path / "include" / "python" / "more.py").write_text("def more(doubled):\n    return doubled.head(1)\n")
    datasets = dedent("""\
        last: {from: first_row, metrics: {n: count(*)}}
        first_row: {python: "more:more", inputs: doubled}
        doubled: {sql: "SELECT amount * 2 AS twice FROM orders"}
        """)

    assert made(datasets, ORDERS) == {"last": [{"n": 1}], "first_row": [{"twice": 2}],
                                      "doubled": [{"twice": 2}, {"twice": 4}]}  # fmt: skip


def test_a_circle_is_named_from_the_first_that_is_declared() -> None:
    graph = {"d": ["a"], "b": ["c", "e"], "a": ["b"], "c": ["a"], "e": []}

    assert circle_in(graph) == ["b", "c", "a", "b"]
    assert circle_in({"a": ["a"]}) == ["a", "a"]
    assert circle_in({"a": ["b"], "b": []}) == []


def test_a_long_line_of_datasets_is_sorted() -> None:
    graph = {f"d{number}": [f"d{number + 1}"] if number < 2999 else [] for number in range(3000)}

    assert list(_sorted(graph)) == list(graph)[::-1]


def test_a_circle_that_appears_after_loading_stops_the_run(given: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "include" / "sql").mkdir(parents=True)
    file = tmp_path / "include" / "sql" / "a.sql"
    file.write_text("FROM orders")
    run, _ = given("a: {sql_file: a.sql}\nb: {sql: FROM a}", ORDERS)
    file.write_text("FROM b")

    with pytest.raises(SourceError, match="datasets read each other in a circle: a -> b -> a") as caught:
        in_order(run)

    assert not caught.value.retryable


@pytest.mark.parametrize("sql", ["FROM FROM", "CREATE TABLE x AS FROM b"])
def test_what_cannot_be_parsed_says_so_when_it_is_made(given: Callable[..., Any], sql: str) -> None:
    run, _ = given(f"a: {{sql: '{sql}'}}\nb: {{sql: FROM a}}", ORDERS)

    assert [name for name, _ in in_order(run)] == ["a", "b"]
