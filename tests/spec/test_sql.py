"""SQL holds bind values, and nothing is ever pasted into it."""

import pytest

from scheduled_reports.spec.sql import binds_in, numbered


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT :a, :b_2", ["a", "b_2"]),
        ("SELECT x::date, y::timestamp", []),
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
