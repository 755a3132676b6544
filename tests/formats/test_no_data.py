"""HTML without data says that there is none, and leaves no hole where it would be."""

from __future__ import annotations

from pathlib import Path

import pytest

from golden.facts import Page
from sample_document import document, write
from scheduled_reports.document import ChartBlock, TableBlock
from scheduled_reports.formats.base import Format
from scheduled_reports.formats.html import Html
from scheduled_reports.formats.html_email import HtmlEmail


@pytest.mark.parametrize("kind", [Html(type="html"), HtmlEmail(type="html_email")], ids=["page", "mail"])
def test_an_empty_table_and_an_empty_chart_say_that_there_is_nothing(tmp_path: Path, kind: Format) -> None:
    write(tmp_path, "none", {"a": [], "b": []})
    bars = {"mark": "bar", "encoding": {"x": {"field": "a"}}}
    chart = ChartBlock(type="chart", title="C", dataset="none", vega_lite=bars)

    kind.render(document(tmp_path, TableBlock(type="table", dataset="none"), chart), tmp_path / "out.html")

    shown = Page((tmp_path / "out.html").read_text(encoding="utf-8")).lines
    assert "No rows in this period" in shown
    assert "No data in this period" in shown
