"""Columns written small: what the script unpacks is what was there."""

from __future__ import annotations

import base64

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduled_reports.interactive.packed import Entry, column_data, entries_in_order, links_data, packed


def unpacked(data: dict[str, object]) -> list[int]:
    content, width = base64.b64decode(str(data["bytes"])), int(str(data["width"]))
    return [int.from_bytes(content[at : at + width], "little") for at in range(0, len(content), width)]


def entries(*texts: str) -> list[Entry]:
    return [*texts]


@given(st.lists(st.integers(0, 2**32 - 1), max_size=50))
def test_numbers_come_back_as_they_were(numbers: list[int]) -> None:
    assert unpacked(packed(numbers)) == numbers


@pytest.mark.parametrize(("top", "width"), [(0, 1), (255, 1), (256, 2), (65_536, 3), (16_777_216, 4)])
def test_numbers_take_no_more_bytes_than_they_need(top: int, width: int) -> None:
    assert packed([0, top])["width"] == width


def test_numbers_stand_in_the_order_of_their_values_and_nulls_last() -> None:
    values = pa.array([10.0, 9.0, None, 100.0, 9.0])
    found, places = entries_in_order(values, entries("10", "9", "–", "100", "9"))
    assert found == ["9", "10", "100", "–"]
    assert list(places) == [1, 0, 3, 2, 0]


def test_nan_and_null_are_one_missing_value() -> None:
    found, places = entries_in_order(pa.array([float("nan"), None, 1.0]), entries("–", "–", "1"))
    assert found == ["1", "–"]
    assert list(places) == [1, 1, 0]


def test_values_that_read_the_same_are_one_unless_they_look_different() -> None:
    alike = entries_in_order(pa.array([0.991, 1.004]), entries("1.0", "1.0"))
    apart = entries_in_order(pa.array([0.991, 1.004]), [("1.0", "bad", None, None), ("1.0", None, None, None)])
    assert len(alike[0]) == 1
    assert len(apart[0]) == 2


@pytest.mark.parametrize("array", [pa.array([True, False, None]), pa.array([3, 1, 2], pa.decimal128(5, 0))])
def test_truth_values_and_decimals_have_an_order_too(array: pa.Array) -> None:
    texts = entries("c", "a", "–" if array.null_count else "b")
    assert entries_in_order(array, texts)[0][0] == "a"


def test_text_that_repeats_is_written_once_and_text_that_does_not_as_it_is() -> None:
    repeated = column_data("text", pa.nulls(4), entries("b", "a", "b", "b"))
    different = column_data("text", pa.nulls(3), entries("b", "a", "c"))
    assert repeated["texts"] == ["b", "a"]
    assert unpacked(repeated["at"]) == [0, 1, 0, 0]
    assert different["texts"] == ["b", "a", "c"]
    assert "at" not in different


def test_looks_are_left_out_where_there_are_none() -> None:
    plain = column_data("integer", pa.array([1]), entries("1"))
    toned = column_data("integer", pa.array([1]), [("1", "good", 0.5, (0.0, 1.0))])
    bare = column_data("integer", pa.array([1]), [("1", None, None, None)])
    assert plain == bare
    assert not {"tones", "shades", "bars"} & set(plain)
    assert (toned["tones"], toned["shades"], toned["bars"]) == (["good"], [0.5], [(0.0, 1.0)])


def test_a_column_without_rows_has_no_text() -> None:
    data = column_data("text", pa.nulls(0), [])
    assert data["texts"] == []
    assert unpacked(data["at"]) == []


def test_links_share_what_they_begin_with() -> None:
    assert links_data(["https://x.example/1", None, "https://x.example/22"]) == {
        "prefix": "https://x.example/", "rest": ["1", None, "22"],
    }  # fmt: skip
