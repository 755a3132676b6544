"""A dataset in words becomes SQL that can be read, and gives what pandas gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduled_reports.datasets.query import QueryDataset
from scheduled_reports.spec.marks import marked
from scheduled_reports.spec.yaml import CoreSchemaLoader

CALLS = {
    "calls": {
        "agent_id": [1, 2, 1, 3, 2],
        "campaign": ["gold", "gold", "silver", "silver", "gold"],
        "site": ["north", "south", "north", None, "south"],
        "started_at": [dt.datetime(2026, 10, day, 9) for day in (1, 1, 2, 2, 2)],  # noqa: DTZ001 - wall time
        "sold": [True, False, True, True, True],
        "amount": [10.0, None, 20.0, 5.0, 2.5],
    },
    "agents": {"agent_id": [1, 2], "agent name": ["Ann", "Ben"]},
}
LEAST = "parameters:\n  least: {type: number, default: 3.0}\n  top_n: {type: integer, default: 1}\n"


def query(text: str) -> QueryDataset:
    return QueryDataset.model_validate(yaml.load(dedent(text), CoreSchemaLoader))


def compiled(text: str) -> str:
    return query(text).text(Path())


def test_the_sql_of_a_group_by_is_one_clause_a_line() -> None:
    text = """\
        from: calls
        join: [{table: agents, on: agent_id}]
        filter: [outcome = 'sale', "amount > :least OR vip"]
        group_by: ["agent name", {name: day, expression: "date_trunc('day', started_at)"}]
        metrics: {calls: count(*), "Revenue €": sum(amount)}
        sort: ["-Revenue €", day]
        limit: :top_n
        """

    assert compiled(text) == dedent("""\
        SELECT
            "agent name",
            date_trunc('day', started_at) AS day,
            count(*) AS calls,
            sum(amount) AS "Revenue €"
        FROM calls
        LEFT JOIN agents USING (agent_id)
        WHERE (outcome = 'sale')
          AND (amount > :least OR vip)
        GROUP BY 1, 2
        ORDER BY "Revenue €" DESC, day, "agent name"
        LIMIT :top_n""")


def test_the_sql_of_a_pivot_is_that_of_its_rows_and_a_pivot_over_it() -> None:
    text = """\
        from: calls
        filter: sold
        group_by: [campaign, site]
        metrics: {revenue: sum(amount), calls: count(*)}
        pivot: {on: site, values: [north, "O'Hare"]}
        sort: -north_revenue
        """

    assert compiled(text) == dedent("""\
        PIVOT (
            SELECT
                campaign,
                site,
                sum(amount) AS revenue,
                count(*) AS calls
            FROM calls
            WHERE sold
            GROUP BY 1, 2
        )
        ON site IN ('north', 'O''Hare')
        USING any_value(revenue) AS revenue, any_value(calls) AS calls
        GROUP BY campaign
        ORDER BY north_revenue DESC, campaign""")


def rows(made: Callable[..., Any], text: str) -> list[dict[str, Any]]:
    indented = dedent(text).strip().replace("\n", "\n  ")
    return list(made(f"q:\n  {indented}\n", CALLS, LEAST)["q"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{from: agents}", [{"agent_id": 1, "agent name": "Ann"}, {"agent_id": 2, "agent name": "Ben"}]),
        ("{from: agents, sort: [-agent name], limit: 1}", [{"agent_id": 2, "agent name": "Ben"}]),
        ("{from: calls, metrics: {n: count(*), total: sum(amount)}}", [{"n": 5, "total": 37.5}]),
        ("{from: calls, group_by: campaign}", [{"campaign": "gold"}, {"campaign": "silver"}]),
        ("{from: calls, group_by: site, sort: -site}", [{"site": "south"}, {"site": "north"}, {"site": None}]),
        ("{from: calls, group_by: site, metrics: {rate: count(*) FILTER (sold) / count(*)}, sort: [-rate]}",
         [{"site": "north", "rate": 1.0}, {"site": None, "rate": 1.0}, {"site": "south", "rate": 0.5}]),
        ("{from: calls, filter: amount > :least -- only these, metrics: {amount: sum(amount)}}", [{"amount": 35.0}]),
        ("{from: calls, filter: ['amount > :least', 'site = ''south'' OR sold'], metrics: {n: count(*)}}", [{"n": 3}]),
        ("{from: calls, group_by: campaign, metrics: {n: count(*)}, sort: -n, limit: ':top_n'}",
         [{"campaign": "gold", "n": 3}]),
        (("{from: calls, join: [{table: agents, on: agent_id, type: inner}], group_by: agent name, "
         "metrics: {n: count(*)}}"), [{"agent name": "Ann", "n": 2}, {"agent name": "Ben", "n": 2}]),
        ("{from: calls, join: [{table: agents, on: agent_id}], group_by: agent name, metrics: {n: count(*)}}",
         [{"agent name": "Ann", "n": 2}, {"agent name": "Ben", "n": 2}, {"agent name": None, "n": 1}]),
        ("{from: calls, group_by: [{name: amount, expression: amount > 5}], metrics: {n: count(*)}}",
         [{"amount": False, "n": 2}, {"amount": True, "n": 2}, {"amount": None, "n": 1}]),
        ("{from: calls, group_by: campaign, metrics: {n: count(*)}, pivot: {on: site}}",
         [{"campaign": "gold", "north": 1, "south": 2}, {"campaign": "silver", "north": 1, "south": None}]),
        ("{from: calls, filter: amount > :least, metrics: {n: count(*)}, pivot: {on: site}}", [{"north": 2}]),
        ("{from: calls, group_by: campaign, metrics: {n: count(*)}, pivot: {on: sold, values: [true, false]}}",
         [{"campaign": "gold", "true": 2, "false": 1}, {"campaign": "silver", "true": 2, "false": None}]),
        (("{from: calls, metrics: {n: count(*)}, "
         "pivot: {on: {name: day, expression: day(started_at)}, values: [1, 2, 3]}}"), [{"1": 2, "2": 3, "3": None}]),
        (("{from: calls, group_by: site, metrics: {n: count(*), r: sum(amount)}, pivot: {on: campaign, values: gold}, "
         "sort: -gold_n, limit: 1}"), [{"site": "south", "gold_n": 2, "gold_r": 2.5}]),
    ],
)  # fmt: skip
def test_it_gives_the_rows_that_it_says(made: Callable[..., Any], text: str, expected: list[dict[str, Any]]) -> None:
    assert rows(made, text.replace(" -- only these,", ",")) == expected


def test_a_comment_at_the_end_of_an_expression_swallows_nothing(made: Callable[..., Any]) -> None:
    text = """\
        from: calls
        filter: |
          amount > :least -- only these
        metrics:
          n: |
            count(*)  -- all of them
          text: |
            max('two
            lines')
        """

    assert rows(made, text) == [{"n": 3, "text": "two\nlines"}]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{from: calls, metric: {n: count(*)}}", "Extra inputs are not permitted"),
        ("{from: calls, group_by: site, pivot: {on: campaign}}", "'pivot' needs 'metrics'; they fill its cells"),
        ("{from: calls, metrics: {revenue: sum(x)}, sort: -revenu}",
         "sort: the result has no column 'revenu'; did you mean 'revenue'?"),
        ("{from: calls, group_by: site, metrics: {n: count(*)}, pivot: {on: day, values: [a, b]}, sort: n}",
         "sort: the result has no column 'n'; allowed: a, b, site"),
        ("{from: calls, group_by: [n], metrics: {n: count(*)}}", "two columns are called 'n'; give one another name"),
        ("{from: calls, limit: -1}", "-1 is no limit; write a whole number from 1, or a bind value as ':top_n'"),
        ("{from: calls, limit: 0}", "0 is no limit"),
        ("{from: calls, limit: true}", "True is no limit"),
        ("{from: calls, limit: ten}", "'ten' is no limit"),
        ("{from: calls, group_by: \"date_trunc('day', x)\"}",
         "\"date_trunc('day', x)\" is no column; write an expression as {name: …, expression: …}"),
        ("{from: calls, join: [{table: agents, on: []}]}", "at least 1 item"),
        ("{from: calls, join: [{table: agents, on: id, type: outer}]}", "Input should be 'left', 'inner' or 'full'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_told(text: str, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        query(text)

    assert told in str(caught.value)


def test_every_expression_bears_the_mark_of_sql() -> None:
    text = """\
        from: calls
        filter: [a = :b]
        group_by: [site, {name: day, expression: d(:e)}]
        metrics: {n: "count(:f)"}
        limit: :g
        """

    found = [(loc, text) for loc, mark, text in marked(query(text)) if mark.kind == "sql"]
    assert found == [
        (("filter", 0), "a = :b"), (("group_by", 1, "expression"), "d(:e)"),
        (("metrics", "n"), "count(:f)"), (("limit",), ":g"),
    ]  # fmt: skip


def test_what_it_reads_is_what_it_names_and_what_its_expressions_read() -> None:
    dataset = query("{from: calls, join: [{table: agents, on: id}], filter: 'day > (SELECT max(day) FROM closed)'}")
    known = {"calls", "agents", "closed", "day"}

    assert dataset.reads(known, Path()) == {"calls", "agents", "closed"}
    assert dataset.may_read(known, Path()) == {"calls", "agents", "closed"}


def test_a_pivot_over_what_the_data_holds_says_what_it_reads() -> None:
    dataset = query("{from: calls, filter: 'x > :y', group_by: [a], metrics: {n: count(*)}, pivot: {on: site}}")

    assert dataset.reads({"calls", "site", "n"}, Path()) == {"calls"}


CELLS = st.sampled_from(["north", "south", "it's", None])
NUMBERS = st.one_of(st.none(), st.integers(-50, 50))
TABLES = st.lists(st.tuples(CELLS, CELLS, NUMBERS), min_size=1, max_size=12)


@given(table=TABLES, pivot=st.booleans(), least=st.integers(-20, 20))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_gives_what_pandas_gives(
    made: Callable[..., Any], table: list[tuple[Any, ...]], pivot: bool, least: int
) -> None:
    site, team, amount = (list(column) for column in zip(*table, strict=True))
    frame = pd.DataFrame({"site": pd.array(site, "string"), "order": pd.array(team, "string"),
                          "amount": pd.array(amount, "Int64")})  # fmt: skip
    text = "from: t\n  filter: amount >= :least\n  metrics: {n: count(*), total: sum(amount)::BIGINT}\n"
    text += "  group_by: [order]\n  pivot: {on: site, values: [north, it's]}\n" if pivot else (
        "  group_by: [site, order]\n  sort: [-total]\n  limit: 3\n")  # fmt: skip

    ours = made(f"q:\n  {text}", {"t": {"site": pd.array(site, "string"), "order": pd.array(team, "string"),
                "amount": pd.array(amount, "Int64")}},
                f"parameters:\n  least: {{type: integer, default: {least}}}\n")["q"]  # fmt: skip

    kept = frame[(frame["amount"] >= least).fillna(False)]
    grouped = kept.groupby(["site", "order"], dropna=False, as_index=False).agg(n=("amount", "size"),
                                                                               total=("amount", "sum"))  # fmt: skip
    assert ours == (pivoted(grouped) if pivot else highest(grouped))


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()} for row in frame.to_dict("records")
    ]


def highest(grouped: pd.DataFrame) -> list[dict[str, Any]]:
    ordered = grouped.sort_values(["site", "order"], na_position="last")
    ordered = ordered.sort_values("total", ascending=False, kind="stable")
    return plain(ordered.head(3)[["site", "order", "n", "total"]])


def pivoted(grouped: pd.DataFrame) -> list[dict[str, Any]]:
    wide = grouped[["order"]].drop_duplicates().sort_values("order", na_position="last")
    for site in ("north", "it's"):
        part = grouped[(grouped["site"] == site).fillna(False)].set_index("order")
        for metric in ("n", "total"):
            wide[f"{site}_{metric}"] = [
                part[metric][part.index.isna() if pd.isna(key) else (part.index == key)].max() for key in wide["order"]
            ]
    return plain(wide)
