"""Values in a spec become literals of a column's type, or are told to be none."""

import duckdb
import pytest

from scheduled_reports.models.literals import Value, name_sql, text_sql, value_sql


@pytest.mark.parametrize(
    ("value", "column_type", "expected"),
    [
        ("it's", "text", "it's"), (5, "integer", "5"), (5, "number", "5.0"), (0.1, "decimal(14,2)", "0.10"),
        ("12.50", "decimal(14,2)", "12.50"), (True, "boolean", "true"), ("2026-01-31", "date", "2026-01-31"),
        ("08:30", "time", "08:30:00"), ("2026-01-31T08:30:00", "timestamp", "2026-01-31 08:30:00"),
        ("2026-01-31T08:30:00+01:00", "timestamptz", "2026-01-31 07:30:00+00"),
    ],
)  # fmt: skip
def test_a_value_is_one_of_its_type(value: Value, column_type: str, expected: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        [[found]] = connection.execute(f"SELECT CAST({value_sql(value, column_type)} AS VARCHAR)").fetchall()

    assert found == expected


@pytest.mark.parametrize(
    ("value", "column_type", "told"),
    [
        (5, "text", "5 is not text; write text, in quotes"), (True, "integer", "True is not integer"),
        (1.5, "integer", "a whole number"), ("5", "number", "'5' is not number"), (1, "boolean", "true or false"),
        (0.125, "decimal(14,2)", "no more digits"), (1e15, "decimal(14,2)", "no more digits"),
        ("x", "decimal(14,2)", "not decimal"), ("nan", "decimal(14,2)", "not decimal"),
        ("31.01.2026", "date", "write 2026-01-31"), ("2026-01-31T08:30:00Z", "timestamp", "without a zone"),
        ("2026-01-31T08:30:00", "timestamptz", r"\+01:00"), ("{}", "json", "cannot be written here"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_told(value: Value, column_type: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        value_sql(value, column_type)


def test_quotes_are_doubled() -> None:
    assert (name_sql('a"b'), text_sql("a'b")) == ('"a""b"', "'a''b'")
