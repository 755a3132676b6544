"""Which kinds of values DuckDB's types have."""

import duckdb
import pytest

from scheduled_reports.checks.kinds import BOOLEAN, MOMENT, NUMBER, TEXT, digits_of, kind_of


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1", NUMBER), ("1::UTINYINT", NUMBER), ("1::HUGEINT", NUMBER), ("1.5", NUMBER), ("1.5::FLOAT", NUMBER),
        ("1.5::DECIMAL(38,2)", NUMBER), ("'a'", TEXT), ("'a'::ENUM('a')", TEXT), ("uuid()", TEXT), ("'{}'::JSON", TEXT),
        ("DATE '2026-01-01'", MOMENT), ("TIMESTAMP '2026-01-01'", MOMENT), ("TIMESTAMPTZ '2026-01-01'", MOMENT),
        ("'2026-01-01'::TIMESTAMP_NS", MOMENT), ("'2026-01-01'::TIMESTAMP_S", MOMENT), ("true", BOOLEAN),
        ("TIME '08:00'", "of type TIME"), ("INTERVAL 1 DAY", "of type INTERVAL"), ("'a'::BLOB", "of type BLOB"),
        ("['a']", "of type VARCHAR[]"), ("[1.5::DECIMAL(4,1)]", "of type DECIMAL(4,1)[]"),
        ("{'a': 1}", "of type STRUCT(a INTEGER)"),
    ],
)  # fmt: skip
def test_the_types_of_duckdb_are_told_apart(value: str, kind: str) -> None:
    with duckdb.connect() as connection:
        ((_, column_type, *_),) = connection.execute(f"DESCRIBE SELECT {value} AS v").fetchall()

    assert kind_of(column_type) == kind


@pytest.mark.parametrize(
    ("column_type", "digits"),
    [("DECIMAL(10,2)", (8, 2)), ("BIGINT", (39, 0)), ("UTINYINT", (39, 0)), ("INTEGER", (39, 0)), ("DOUBLE", None),
     ("FLOAT", None), ("VARCHAR", None), ("DECIMAL(10,2)[]", None)],
)  # fmt: skip
def test_exact_types_tell_how_many_digits_they_have(column_type: str, digits: tuple[int, int] | None) -> None:
    assert digits_of(column_type) == digits
