"""Texts that no picture can hold never reach what draws."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sample_document import document, write
from scheduled_reports.charts.drawing import svg
from scheduled_reports.charts.writable import LONGEST, as_json
from scheduled_reports.document import Chart, ChartBlock

HOSTILE = {
    "\x00": "", "\x1b[31m": "[31m", "\x0b\x0c": "", "\ufffe\uffff": "", "a\nb": "a b", "\u2028": " ", "\ud800": "",
}  # fmt: skip


@pytest.mark.parametrize(("text", "drawn"), HOSTILE.items(), ids=map(repr, HOSTILE))
def test_a_chart_is_drawn_whatever_its_titles_and_its_data_hold(tmp_path: Path, text: str, drawn: str) -> None:
    encoding = {
        "x": {"field": "name", "type": "nominal", "title": f"x{text}x"}, "y": {"field": "n", "type": "quantitative"},
    }  # fmt: skip
    named = text.encode(errors="ignore").decode()
    write(tmp_path, "rows", {"name": [f"a{named}a", "b"], "n": [1, 2]})
    block = ChartBlock(type="chart", title="T", dataset="rows", vega_lite={"mark": "bar", "encoding": encoding})
    (chart,) = document(tmp_path, block).blocks
    assert isinstance(chart, Chart)
    assert f">x{drawn}x<" in svg(chart, 300)


def test_a_word_without_end_keeps_its_beginning_and_its_end() -> None:
    text = json.loads(as_json({"data": {"values": [{"a": "W" * 5_000 + "end"}]}}))["data"]["values"][0]["a"]
    assert len(text) == LONGEST
    assert text.startswith("WWW")
    assert text.endswith("Wend")


def test_expressions_and_pictures_stay_as_they_are() -> None:
    spec = {"transform": [{"calculate": "1 + " * 200 + "1"}], "mark": {"url": "data:" + "A" * 900}}
    assert json.loads(as_json(spec)) == spec
