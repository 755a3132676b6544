"""Cells that hold anything."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pypdf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from typesetting import flow, long, made, pages, table

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
LATIN = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x17F, categories=["L", "N", "P", "Sm", "Sc"]), max_size=60
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6))
def test_any_text_makes_a_file_that_can_be_read(rows: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        first, second = (list(column) for column in zip(*rows, strict=True))
        file = made(Path(name), flow(), long(table(Path(name), {"a": first, "b": second})))

        assert len(pages(file)) == len(pypdf.PdfReader(file, strict=True).pages)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LATIN, min_size=1, max_size=8))
def test_latin_text_is_read_back_letter_by_letter(cells: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        bound = table(Path(name), {"a": cells})
        expected = [text for row in bound.texts() for text in row]
        file = made(Path(name), flow(), long(bound))

        text = pypdf.PdfReader(file).pages[0].extract_text()
        position = -1
        squeezed = "".join(text.split())
        for cell in filter(None, expected):
            position = squeezed.find("".join(cell.split()), position + 1)
            assert position >= 0, (cell, text)
