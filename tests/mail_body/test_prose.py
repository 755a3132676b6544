"""Markdown as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from scheduled_reports.language import ENGLISH, language_of
from scheduled_reports.mail_body.prose import plain_prose


def lines(markdown: str, width: int = 40) -> list[str]:
    return list(plain_prose(markdown, width, ENGLISH))


@pytest.mark.parametrize(("markdown", "told"), [
    ("See [the north](https://x.example/n) now", "See the north (https://x.example/n) now"),
    ("[a](https://x.example 'no')", "[a](https://x.example 'no')"),
    ('[a](<https://x.example> "A title")', "a (https://x.example)"),
    ("[wiki](https://x.example/a_(b))", "wiki (https://x.example/a_(b))"),
    ("[https://x.example](https://x.example)", "https://x.example"),
    ("[ann@x.example](mailto:ann@x.example)", "ann@x.example"),
    ("![Plan](https://x.example/p.png)", "[picture] Plan (https://x.example/p.png)"),
    ("![](data:image/png;base64,AAAA)", "[picture] without a description"),
    ("**bold** and *soft*, 2 * 3", "**bold** and *soft*, 2 * 3"),
    ("a\x1b[31m red\u202eback", "a[31m redback"),
])  # fmt: skip
def test_links_and_pictures_are_told_in_words(markdown: str, told: str) -> None:
    assert lines(markdown, 78) == [told]


def test_a_picture_is_called_so_in_the_readers_language() -> None:
    assert list(plain_prose("![Plan](data:image/png,A)", 40, language_of("de"))) == ["[Bild] Plan"]


def test_headings_are_underlined() -> None:
    assert lines("# North\n\n## Süd ##\ntext") == ["North", "=====", "", "Süd", "---", "text"]


def test_code_keeps_its_spaces_and_its_brackets() -> None:
    assert lines("```sql\nSELECT  a\n  FROM [b](c)\n```\nafter") == ["SELECT  a", "  FROM [b](c)", "after"]


def test_what_is_quoted_stays_quoted_on_every_line() -> None:
    assert lines("> " + "word " * 12) == ["> word word word word word word word", "> word word word word word"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400), st.integers(10, 78))
def test_no_line_is_wider_than_it_may_be_and_no_letter_is_lost(text: str, width: int) -> None:
    markdown = text.replace("[", "(").replace("`", "'").replace("~", "-").replace("#", "+").replace(">", "}")
    found = list(plain_prose(markdown, width, ENGLISH))
    assert all(cell_len(line) <= width for line in found)
    letters = [letter for letter in markdown if letter.isalnum()]
    assert [letter for line in found for letter in line if letter.isalnum()] == letters
