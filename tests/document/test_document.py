"""What a document says of itself before its content."""

from __future__ import annotations

import pytest

from sample_document import STALE
from scheduled_reports.document import Notice, mark


def test_a_notice_in_words_begins_with_its_word() -> None:
    assert str(Notice("STALE", "fx is of yesterday.")) == "STALE: fx is of yesterday."


@pytest.mark.parametrize(
    ("words", "expected"),
    [((), ""), (("STALE",), "[STALE] "), (("STALE", "LATE", "STALE"), "[STALE, LATE] ")],
)
def test_a_title_begins_with_each_word_of_its_notices_once(words: tuple[str, ...], expected: str) -> None:
    assert mark(Notice(word, STALE.text) for word in words) == expected
