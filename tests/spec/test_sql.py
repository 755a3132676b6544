"""SQL holds bind values, and nothing is ever pasted into it."""

import pytest
from sqlalchemy import create_engine, text

from scheduled_reports.spec.sql import binds_in, for_sqlalchemy, numbered


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
