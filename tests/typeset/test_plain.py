"""Rows of simple texts: the same operators as cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scheduled_reports.typeset import plain
from scheduled_reports.typeset.measure import Cell
from typesetting import flow, long, made, setter, table, words

WIDE = "a text that is much wider than its cell"
TEXTS = ("A-0001", "A-0002", "A-0003", "A-0417", "North", "North", "1,234.50", "9,876.10", "0,001.00", "")


def cell(part: float = 0.0) -> Cell:
    found = setter("font-variant-numeric: tabular-nums")
    return Cell(found, "0 0 0 rg", 10, 100, 5, 115, part, 2, 2, 12, 9)


@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
def test_what_shows_a_text_is_what_the_cell_alone_would_show(part: float) -> None:
    one = cell(part)
    cells = plain.PlainCells([one])

    for text in TEXTS:
        (run,) = one.setter.lines(text, one.width)
        start = f"1 0 0 -1 {one.start(run.width):.2f} {plain.PLACE} Tm {run.show}\n"
        assert cells.shown([text]) == [start if text else ""]


@pytest.mark.parametrize("text", [WIDE, "日本", "fine 😀"])
def test_a_text_of_several_lines_or_fonts_is_not_plain(text: str) -> None:
    cells = plain.PlainCells([cell(), cell()])

    assert cells.shown(["North", text]) is None
    assert cells.shown(["North", "South"]) is not None


def test_it_forgets_texts_when_there_are_many_and_sets_them_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "KEPT", 3)
    data: dict[str, list[Any]] = {
        "order": [f"A-{number}" for number in range(90)], "region": ["North", "South", "East"] * 30,
    }  # fmt: skip
    bound = table(tmp_path, data)

    found = words(made(tmp_path, flow(), long(bound)))

    assert [word for word in found if word not in ("Order", "Region")] == [
        word for row in bound.texts() for word in row
    ]
