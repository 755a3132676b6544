"""JSON files, read back by Python's json module."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pyarrow as pa
import pytest

from sample_document import CAMPAIGNS, STALE, brief, document, write
from scheduled_reports.document.document import Freshness
from scheduled_reports.formats.json import SCHEMA, Json
from scheduled_reports.value_kinds import Kind

HARD_TEXTS = [
    "plain", "", None, 'quo"te', "back\\slash", "\\", '"', "line\nbreak", "\r\n", "\t", "\x00", "\x1f", "\x7f", "/",
    "</script>", "王小明", "🎉👩‍👩‍👧", "\u2028\u2029", "w" * 5000, "=1+1", "null", "\\u0041", "\ufeff",
]  # fmt: skip


def wall(*parts: int) -> dt.datetime:
    """Return a moment that knows no zone."""
    return dt.datetime(*parts)  # noqa: DTZ001


def content(folder: Path, columns: dict[str, Any]) -> str:
    write(folder, "sample", columns)
    Json(type="json", dataset="sample").render(document(folder), folder / "out.json")
    return (folder / "out.json").read_bytes().decode()


def rendered(folder: Path, columns: dict[str, Any]) -> Any:
    return json.loads(content(folder, columns), parse_float=Decimal, parse_constant=lambda name: f"not JSON: {name}")


def test_it_says_what_it_reports_on_and_where_it_comes_from(tmp_path: Path) -> None:
    Json(type="json", dataset="campaigns").render(brief(tmp_path), tmp_path / "out.json")
    found = json.loads((tmp_path / "out.json").read_bytes())
    rows = found.pop("rows")
    assert found == {
        "report": {"id": "morning_brief", "title": "Morning Brief", "description": "How the campaigns did yesterday."},
        "period": {
            "start": "2026-10-01T00:00:00+02:00", "end": "2026-10-02T00:00:00+02:00",
            "label": "Thursday, 1 October 2026",
        },
        "provenance": {
            "schedule_id": "daily", "run_id": "scheduled__2026-10-02T04:30:00+00:00", "spec_digest": "3f9a1c07be52",
            "commit": "", "generated_at": "2026-10-02T06:30:00+02:00", "owner": "owner@example.com", "url": "",
            "freshness": [],
        },
        "dataset": "campaigns",
        "columns": [
            {"name": "campaign", "type": "text"}, {"name": "calls", "type": "integer"},
            {"name": "conversion", "type": "number"}, {"name": "revenue", "type": "number"},
            {"name": "handle_time", "type": "number"},
        ],
        "row_count": len(CAMPAIGNS),
    }  # fmt: skip
    assert [tuple(row.values()) for row in rows] == CAMPAIGNS


def test_hard_texts_come_back_as_they_were(tmp_path: Path) -> None:
    found = rendered(tmp_path, {"text": HARD_TEXTS})
    assert [row["text"] for row in found["rows"]] == HARD_TEXTS


def test_text_is_utf_8_and_a_row_is_a_line(tmp_path: Path) -> None:
    lines = content(tmp_path, {"city": ["Zürich", "東京"], "n": [1, 2]}).splitlines()
    assert lines[1:] == ['{"city":"Zürich","n":1},', '{"city":"東京","n":2}', "]}"]


def test_column_names_are_escaped(tmp_path: Path) -> None:
    assert rendered(tmp_path, {'a"b\\c': [1], "ü\n": [2]})["rows"] == [{'a"b\\c': 1, "ü\n": 2}]


def test_numbers_keep_every_digit(tmp_path: Path) -> None:
    big, fine = Decimal("12345678901234567890123456789012345678"), Decimal("0.12345678901234567890123456789012345678")
    fines, small = [fine, fine.copy_negate()], [Decimal("0E-10"), Decimal("1E-10")]
    wholes = [big, big.copy_negate()]  # unlike -big, not rounded to 28 digits
    found = rendered(tmp_path, {"whole": wholes, "fine": fines, "small": small, "int": [2**63 - 1, -(2**63)]})
    assert [row["whole"] for row in found["rows"]] == [int(big), -int(big)]
    assert [row["fine"] for row in found["rows"]] == fines
    assert [row["small"] for row in found["rows"]] == small
    assert [row["int"] for row in found["rows"]] == [2**63 - 1, -(2**63)]
    assert [column["type"] for column in found["columns"]] == ["integer", "number", "number", "integer"]


def test_floats_read_back_as_the_same_floats(tmp_path: Path) -> None:
    numbers = [0.1 + 0.2, 1.7976931348623157e308, 5e-324, -0.0, 1e16, 1.0, 123456.789]
    assert [float(row["x"]) for row in rendered(tmp_path, {"x": numbers})["rows"]] == numbers


def test_nan_and_infinity_are_null(tmp_path: Path) -> None:
    numbers = [float("nan"), float("inf"), float("-inf"), None, 1.5]
    found = rendered(tmp_path, {"x": numbers, "list": [[number] for number in numbers]})
    assert [row["x"] for row in found["rows"]] == [None, None, None, None, Decimal("1.5")]
    assert [row["list"] for row in found["rows"]][:4] == [[None]] * 4


def test_dates_and_times_are_iso(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)
    found = rendered(tmp_path, {
        "date": [dt.date(9999, 12, 31), dt.date(1899, 1, 1), None],
        "local": [wall(2026, 1, 1, 8), wall(1899, 1, 1, 8, 0, 0, 5), None],
        "instant": [moment, moment + dt.timedelta(days=184), None],
        "time": [dt.time(6, 30), dt.time(6, 30, 0, 1), None],
    })  # fmt: skip
    assert [tuple(row.values()) for row in found["rows"]] == [
        ("9999-12-31", "2026-01-01T08:00:00", "2026-07-02T00:30:00+02:00", "06:30:00"),
        ("1899-01-01", "1899-01-01T08:00:00.000005", "2027-01-01T23:30:00+01:00", "06:30:00.000001"),
        (None, None, None, None),
    ]
    assert dt.datetime.fromisoformat(found["rows"][0]["instant"]) == moment


def test_other_kinds_are_json_too(tmp_path: Path) -> None:
    nested = {"list": [1, None], "struct": {"d": Decimal("1.50"), "at": wall(2026, 1, 1, 8), "raw": b"\xff"}}
    found = rendered(tmp_path, {
        "flag": [True, False, None],
        "bytes": [b"\xff\x00", b"", None],
        "nested": [nested, None, None],
        "category": pa.array(["x", 'q"', None]).dictionary_encode(),
        "nothing": pa.nulls(3),
    })  # fmt: skip
    assert [column["type"] for column in found["columns"]][:4] == ["boolean", "bytes", "nested", "text"]
    assert found["rows"] == [
        {"flag": True, "bytes": "/wA=", "category": "x", "nothing": None,
         "nested": {"list": [1, None], "struct": {"d": Decimal("1.50"), "at": "2026-01-01T08:00:00", "raw": "/w=="}}},
        {"flag": False, "bytes": "", "category": 'q"', "nothing": None, "nested": None},
        {"flag": None, "bytes": None, "category": None, "nothing": None, "nested": None},
    ]  # fmt: skip


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    found = rendered(tmp_path, {"a": pa.array([], pa.int64()), "b": pa.array([], pa.string())})
    assert (found["row_count"], found["rows"]) == (0, [])
    assert found["columns"] == [{"name": "a", "type": "integer"}, {"name": "b", "type": "text"}]


def test_row_count_is_the_number_of_rows_across_batches(tmp_path: Path) -> None:
    numbers = list(range(60_000))
    found = rendered(tmp_path, {"n": numbers})
    assert found["row_count"] == 60_000
    assert [row["n"] for row in found["rows"]] == numbers


def test_notices_are_in_the_envelope_and_not_in_the_rows(tmp_path: Path) -> None:
    Json(type="json", dataset="campaigns").render(replace(brief(tmp_path), notices=(STALE,)), tmp_path / "out.json")
    found = json.loads((tmp_path / "out.json").read_bytes())
    assert found["notices"] == [{"word": "STALE", "text": STALE.text}]
    assert [tuple(row.values()) for row in found["rows"]] == CAMPAIGNS


def fits(found: Any) -> None:
    """Raise where a file is not as its schema says."""
    schema = json.loads(SCHEMA.read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(found)


def test_every_file_is_as_its_json_schema_says(tmp_path: Path) -> None:
    made = brief(tmp_path)
    read_at = dt.datetime(2026, 10, 2, 3, tzinfo=dt.UTC)
    fresh = (Freshness("calls", read_at, read_at - dt.timedelta(hours=3)), Freshness("agents", read_at))
    told = replace(made.provenance, commit="1f2e3d4+", url="https://airflow.example/run", freshness=fresh)
    for name, document_ in {"plain": made, "told": replace(made, provenance=told, notices=(STALE,))}.items():
        Json(type="json", dataset="campaigns").render(document_, tmp_path / name)
        fits(json.loads((tmp_path / name).read_bytes()))
    found = json.loads((tmp_path / "told").read_bytes())["provenance"]
    assert (found["commit"], found["url"]) == ("1f2e3d4+", "https://airflow.example/run")
    assert found["freshness"] == [
        {"source": "calls", "read_at": "2026-10-02T05:00:00+02:00", "newest": "2026-10-02T02:00:00+02:00"},
        {"source": "agents", "read_at": "2026-10-02T05:00:00+02:00", "newest": None},
    ]


def test_the_schema_knows_every_kind_of_column() -> None:
    items = json.loads(SCHEMA.read_bytes())["properties"]["columns"]["items"]
    assert items["properties"]["type"]["enum"] == list(get_args(Kind))


@pytest.mark.parametrize("key", ["report", "period", "provenance", "dataset", "columns", "row_count", "rows"])
def test_the_schema_refuses_a_file_that_lacks_a_part(tmp_path: Path, key: str) -> None:
    found = rendered(tmp_path, {"n": [1]})
    fits(found)
    with pytest.raises(jsonschema.ValidationError, match=key):
        fits({name: value for name, value in found.items() if name != key})


def test_half_a_character_in_a_title_is_still_json(tmp_path: Path) -> None:
    write(tmp_path, "sample", {"n": [1]})
    made = replace(document(tmp_path), title="half \ud83d", description="München")
    Json(type="json", dataset="sample").render(made, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_bytes())["report"]["title"] == "half \ud83d"


def test_a_text_column_with_and_without_null_is_written_alike(tmp_path: Path) -> None:
    found = rendered(
        tmp_path, {"a": ['q"', "\x07", "b"], "b": ['q"', None, "\x07"], "c": [dt.date(2026, 1, 1), None, None]}
    )
    assert found["rows"] == [
        {"a": 'q"', "b": 'q"', "c": "2026-01-01"},
        {"a": "\x07", "b": None, "c": None},
        {"a": "b", "b": "\x07", "c": None},
    ]
