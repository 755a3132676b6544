"""Text measured in the cells of a terminal."""

from __future__ import annotations

import pytest

from scheduled_reports.document.cells import clean, padded, wrapped


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [("a\tb\r\nc", "a b c"), ("\x00\x1b[0mx", "[0mx"), ("ab\u202edc", "abdc"), ("  ", ""), ("naïve 🎉", "naïve 🎉")],
)
def test_cleaned_text_is_one_line_that_reads_one_way(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_wide_characters_take_two_cells() -> None:
    assert padded("王", 4) == "王  "
    assert padded("王", 4, "right") == "  王"


def test_lines_break_between_words() -> None:
    assert wrapped("one two three", 8) == ["one two", "three"]


def test_a_word_longer_than_the_line_breaks_inside() -> None:
    assert wrapped("a abcdefgh", 5) == ["a", "abcde", "fgh"]
    assert wrapped("王小明的", 4) == ["王小", "明的"]


def test_no_text_is_one_empty_line() -> None:
    assert wrapped("", 5) == [""]
