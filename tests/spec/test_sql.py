"""SQL holds bind values, and nothing is ever pasted into it."""

import duckdb
import pytest
from sqlalchemy import create_engine, text

from scheduled_reports.spec.sql import (
    binds_in,
    for_parser,
    for_sqlalchemy,
    in_brackets,
    may_name,
    numbered,
    quoted,
    with_variables,
    without_end,
)


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT :a, :b_2", ["a", "b_2"]),
        ("SELECT x::date, y::timestamp", []),
        ("SELECT :day::date, :from::timestamp::date", ["day", "from"]),
        ("SELECT ':not_me', \":nor_me\" -- :nor_this\n, :me /* :no */", ["me"]),
        ("SELECT '10:30'", []),
        (r"SELECT '\:x', a\:b", []),
        ("SELECT 'it''s :quoted' || :real", ["real"]),
        (r"SELECT E'it\'s :x', e'\\', :me", ["me"]),
        ("SELECT /* a /* nested :x */ :y */ :me", ["me"]),
        ("SELECT /* a /* open :x */ :me", ["me"]),
        ("SELECT $$ :x 'y $$, $a_1$ :x $$ $a_1$, $1, :me", ["me"]),
        ("SELECT {'a':b, \"c\":d, 'e': :f, g:h}, MAP {f(1):b}", ["f"]),
        ('SELECT x[:n], x[1:n], x[f(1):n], x[1][:n], "x"[:n], x[ :n]', ["n"]),
        ("SELECT [:a, 1], ARRAY[:b], array[:c]::int[], (:d), x IN[ :e]", ["a", "b", "c", "d", "e"]),
    ],
)
def test_bind_values_are_found_outside_quotes_comments_and_casts(sql: str, names: list[str]) -> None:
    assert [name for name, _ in binds_in(sql)] == names


def test_names_become_numbers_and_a_repeated_name_is_one_value() -> None:
    sql, values = numbered("SELECT :b, :a, :b, ':b', x::int", {"a": 1, "b": 2, "c": 3})

    assert sql == "SELECT $1, $2, $1, ':b', x::int"
    assert values == [2, 1]


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        ("SELECT :a, ':a', '10:30', \"x:y\" FROM (SELECT 1 AS \"x:y\") -- :no", (7, ":a", "10:30", 1)),
        ("SELECT ':' || :b || ':b'", (":8:b",)),
    ],
)
def test_a_database_gets_our_binds_and_no_other(sql: str, row: tuple[object, ...]) -> None:
    with create_engine("sqlite://").connect() as connection:
        found = connection.execute(
            text(for_sqlalchemy(sql)), {name: {"a": 7, "b": 8}[name] for name, _ in binds_in(sql)}
        )

        assert tuple(found.one()) == row


def test_a_bind_may_be_cast_with_two_colons() -> None:
    assert str(text(for_sqlalchemy("SELECT :day::date")).compile()) == "SELECT :day ::date"
    assert numbered("SELECT :day::date", {"day": 1})[0] == "SELECT $1::date"


def test_an_escaped_colon_is_one_in_duckdb_but_for_quoted_text() -> None:
    assert numbered(r"SELECT x[1\:n], '\:y', :a -- \:z", {"a": 1}) == (r"SELECT x[1:n], '\:y', $1 -- \:z", [1])


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        ("SELECT $$ :x $$, {'a':b}.a, l[:n], l[1:n] FROM (SELECT 5 AS b, [7, 8, 9] AS l, 2 AS n)",
         (" :x ", 5, [7, 8], [7, 8])),
        (r"SELECT l[\:n], l[ :a], [:a] FROM (SELECT [7, 8, 9] AS l, 2 AS n)", ([7, 8], 7, [1])),
    ],
)  # fmt: skip
def test_duckdb_reads_slices_structs_and_dollar_quotes_as_written(sql: str, row: tuple[object, ...]) -> None:
    text_, values = numbered(sql, {"a": 1})

    assert duckdb.execute(text_, values).fetchall() == [row]


def test_slices_and_structs_reach_a_database_as_written() -> None:
    assert (
        str(text(for_sqlalchemy(r"SELECT x[:n], {'a':b}, $$ :x $$, y[\:n]")))
        == "SELECT x[:n], {'a':b}, $$ :x $$, y[:n]"
    )


def test_a_pivot_that_duckdb_takes_apart_gets_its_values_as_variables() -> None:
    sql = with_variables(r"SELECT :a::INT + :b, ':a', x[1\:2] -- :b")

    assert sql == "SELECT getvariable('a')::INT + getvariable('b'), ':a', x[1:2] -- :b"


@pytest.mark.parametrize(
    "sql", [r"SELECT :a_name::INT, x[1\:n], y\:\:INT, ':b' FROM t -- :c", "FROM t LIMIT :top_n", "SELECT 'é' || :x"]
)
def test_a_parser_gets_text_of_the_same_length_without_binds(sql: str) -> None:
    text = for_parser(sql)

    assert len(text) == len(sql)
    assert len(duckdb.extract_statements(text)) == 1


def test_tables_are_guessed_from_words_so_that_none_is_missed() -> None:
    tables = {"calls", "agents", "sales"}

    assert may_name("FROM calls JOIN (Agents) ON true -- sales", tables) == {"calls", "agents"}
    assert may_name("SELECT sum(sales) AS calls FROM \"agents\" WHERE x = ':calls'", tables) == {"agents"}
    assert may_name("SELECT 1", tables) == set()


@pytest.mark.parametrize(
    ("sql", "bare"),
    [
        ("SELECT 1", "SELECT 1"),
        ("SELECT 1 ;\n; ", "SELECT 1"),
        ("SELECT 1;  -- all of them", "SELECT 1"),
        ("SELECT 1 -- one;\n  /* two; */ ;\n-- three  ", "SELECT 1"),
        ("SELECT ';' -- one\n, 2", "SELECT ';' -- one\n, 2"),
        ("SELECT '-- none;'", "SELECT '-- none;'"),
        ("SELECT $$ ; -- $$", "SELECT $$ ; -- $$"),
        (";", ""),
        ("-- nothing", ""),
    ],
)
def test_a_query_in_brackets_has_no_end_of_its_own(sql: str, bare: str) -> None:
    assert in_brackets(sql) == f"(\n{bare}\n)"


@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        ("SELECT 1", "SELECT 1"),
        ("SELECT 1;", "SELECT 1"),
        ("SELECT 1 ; -- done;\n /* or; not */ ;\n", "SELECT 1"),
        ("SELECT '; --'", "SELECT '; --'"),
        ("SELECT 1 -- one\n, 2", "SELECT 1 -- one\n, 2"),
        ("a = ':b' -- c", "a = ':b'"),
        ("; -- nothing", ""),
    ],
)
def test_what_ends_a_query_is_taken_off(sql: str, kept: str) -> None:
    assert without_end(sql) == kept


@pytest.mark.parametrize("name", ["a", 'say "hi"', '"', 'x" OR "y', "Größe", ":name", "select"])
def test_a_quoted_name_is_one_name(name: str) -> None:
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT 1 AS {quoted(name)}").description[0][0] == name
    assert binds_in(quoted(name)) == []
