"""DuckDB's own parser says what a query reads, without running it; looking at its words misses nothing of that."""

from __future__ import annotations

import duckdb
import pytest

from scheduled_reports.datasets.parser import parsed, parsed_expression, words_to_quote
from scheduled_reports.spec.sql import may_name

KNOWN = {"a", "b", "c", "d", "orders", "range"}

READS = {
    "SELECT * FROM a": "a",
    'SELECT * FROM "a" JOIN B USING (x)': "a b",
    "FROM a": "a",
    "FROM a SELECT x, WHERE x > 1": "a",
    "FROM x: a, y:b": "a b",
    "SELECT x, FROM a": "a",
    "TABLE a": "a",
    "DESCRIBE a": "a",
    "SUMMARIZE a": "a",
    "SELECT * FROM main.a": "a",
    "SELECT * FROM 'a'": "a",
    "SELECT * FROM/**/a/* b */,((b))": "a b",
    "SELECT a.x FROM orders AS a, a.tags": "orders",
    "SELECT sum(a), b AS c FROM orders WHERE d = 'a'": "orders",
    "SELECT (SELECT max(x) FROM b) FROM a WHERE x IN (SELECT y FROM c) AND EXISTS (FROM d)": "a b c d",
    "SELECT * FROM a, LATERAL (SELECT * FROM b WHERE b.x = a.x)": "a b",
    "SELECT * FROM a ASOF JOIN b ON a.x >= b.x POSITIONAL JOIN c": "a b c",
    "FROM a UNION BY NAME FROM b EXCEPT FROM c": "a b c",
    "WITH a AS (SELECT * FROM b) SELECT * FROM a": "b",
    "WITH a AS (SELECT * FROM a) SELECT * FROM a": "a",
    "WITH a AS MATERIALIZED (FROM b), c AS (FROM a) FROM C": "b",
    "WITH a AS (FROM b), b AS (SELECT 1) FROM a, b": "b",
    "WITH A AS (SELECT 1) SELECT * FROM a JOIN main.a ON true": "a",
    "SELECT * FROM (WITH a AS (FROM b) FROM a) JOIN a ON true": "a b",
    "WITH RECURSIVE a(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a JOIN b ON true WHERE n < 5) FROM a": "b",
    "SELECT * FROM range(10) r, generate_series(1, 2)": "",
    "FROM query_table(['a', 'b'])": "a b",
    "VALUES (1)": "",
    "SELECT 1": "",
    "SELECT * FROM a PIVOT (sum(x) FOR y IN ('b', 'c'))": "a",
    "PIVOT a ON y IN ('b') USING sum(c)": "a",
    "PIVOT a ON b": "a",
    "PIVOT a ON b USING sum(c)": "a",
    "PIVOT a ON b, lower(c) USING sum(d) AS s, count(*) GROUP BY orders ORDER BY 1 LIMIT 2": "a",
    "PIVOT a JOIN b ON a.x = b.x ON y USING sum(z)": "a b",
    "PIVOT a ON y IN (SELECT z FROM b) USING sum(c)": "a b",
    "WITH p AS (PIVOT a ON x USING sum(y)), q AS (PIVOT b ON x) FROM p JOIN q USING (z) JOIN c ON p.z = c.z": "a b c",
    "PIVOT (FROM a WHERE x > :b AND y <> ' ON ' -- ON b\n) ON y USING sum(c)": "a",
    "UNPIVOT a ON b, c INTO NAME n VALUE v": "a",
    "SELECT :a::date, x[1\\:2] FROM b WHERE y\\:\\:INT = :c": "b",
}


@pytest.mark.parametrize(("sql", "tables"), READS.items())
def test_the_tables_that_a_query_reads_are_known_exactly(sql: str, tables: str) -> None:
    found = parsed(sql)

    assert found.fault == ""
    assert sorted(table.lower() for table in found.tables) == tables.split()
    assert may_name(sql, KNOWN) >= set(tables.split())


def test_looking_at_the_words_seldom_takes_a_column_for_a_table() -> None:
    sql = "SELECT b, count(*) AS a, sum(c) FROM orders WHERE d > 1 /* FROM a */ GROUP BY b ORDER BY a -- , c"

    assert may_name(sql, KNOWN) == {"orders"}


def test_tables_that_need_not_exist_are_not_opened(tmp_path: object) -> None:
    found = parsed("SELECT * FROM read_parquet('/nowhere/x.parquet'), 'http://127.0.0.1:1/y.csv', it")

    assert list(found.tables) == ["http://127.0.0.1:1/y.csv", "it"]


@pytest.mark.parametrize(
    ("sql", "fault", "at"),
    [
        ("SELECT FROM a\n WHERE WHERE x", 'cannot be parsed: syntax error at or near "WHERE"', "WHERE x"),
        ("SELECT 'é', :a_long_name::INT, x y z FROM a", 'cannot be parsed: syntax error at or near "z"', "z FROM"),
        ("SELECT x[1\\:2] y z", 'cannot be parsed: syntax error at or near "z"', "z"),
        ("SELECT 'x FROM a", "cannot be parsed: unterminated string literal", "'x FROM a"),
        ("CREATE TABLE x AS FROM a", "is not one SELECT: it is CREATE", None),
        ("SELECT 1; SELECT 2", "is not one SELECT: it is SELECT and SELECT", None),
        ("COPY a TO 'x.csv'", "is not one SELECT: it is COPY", None),
        ("-- nothing", "is not one SELECT: it is empty", None),
    ],
)
def test_what_is_wrong_is_told_with_its_place(sql: str, fault: str, at: str | None) -> None:
    found = parsed(sql)

    assert found.fault == fault
    assert found.offset == (None if at is None else sql.index(at))


def test_a_table_is_found_at_its_place_behind_letters_of_several_bytes() -> None:
    sql = "SELECT 'ÄÖÜ €' AS x, :start FROM a\nJOIN b USING (x)"

    assert dict(parsed(sql).tables) == {"a": sql.index("a\n"), "b": sql.index("b USING")}


@pytest.mark.parametrize(
    "text", ["sum(x)", "count(*) FILTER (sold) / count(*)", "(SELECT 1)", "x = :y AND z", "sum(x) OVER () -- c"]
)
def test_an_expression_is_one(text: str) -> None:
    assert parsed_expression(text).fault == ""


@pytest.mark.parametrize(
    "text",
    [
        "a, b",
        "1 AS x",
        "a FROM b",
        "a WHERE b",
        "x ORDER BY y",
        "1 UNION SELECT 2",
        "DISTINCT x",
        "a) OR (b",
        "",
        "a;b",
    ],
)
def test_more_or_less_than_an_expression_is_none(text: str) -> None:
    assert parsed_expression(text).fault


def test_the_place_of_a_mistake_in_an_expression_is_counted_in_it() -> None:
    assert parsed_expression("sum(x y)").offset == len("sum(x ")


def test_words_to_quote_are_those_that_duckdb_does_not_take_bare() -> None:
    for word in ("order", "group", "desc", "left", "end"):
        assert word in words_to_quote()
        with pytest.raises(duckdb.ParserException):
            duckdb.execute(f"SELECT 1 FROM {word}")
    assert not {"day", "revenue", "calls"} & words_to_quote()
