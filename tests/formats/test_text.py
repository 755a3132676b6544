"""Plain text: the report for readers of plain mail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from rich.cells import cell_len

from sample_document import LONG_NAME, STALE, brief, document, showcase, write
from scheduled_reports.document import ChartBlock, Document, KpisBlock, TableBlock, TextBlock
from scheduled_reports.formats.text import PlainText
from scheduled_reports.language import language_of


def rendered(document: Document, **options: Any) -> list[str]:
    target = document.tables.folder / "report.txt"
    PlainText.model_validate({"type": "text", **options}).render(document, target)
    return target.read_text(encoding="utf-8").splitlines()


def test_it_opens_with_the_title_and_the_period(tmp_path: Path) -> None:
    assert rendered(brief(tmp_path))[:2] == ["MORNING BRIEF", "Thursday, 1 October 2026"]


def test_key_figures_stand_in_columns_with_their_change(tmp_path: Path) -> None:
    lines = rendered(brief(tmp_path))
    assert "Conversion           19.3%  ▼ −1.3 pts, worse than 20.6%" in lines
    assert "Agents on shift         45" in lines


def test_no_line_is_wider_than_78_cells(tmp_path: Path) -> None:
    assert max(map(cell_len, rendered(brief(tmp_path)))) <= 78


def test_wide_characters_do_not_break_the_columns(tmp_path: Path) -> None:
    lines = rendered(brief(tmp_path))
    rows = [line for line in lines if line.startswith(("=Premium", "王小明的", "Loyalty 🎉"))]
    assert len(rows) == 3
    assert len({cell_len(row) for row in rows}) == 1


def test_a_long_text_goes_on_below_in_its_column(tmp_path: Path) -> None:
    lines = rendered(brief(tmp_path))
    start = next(index for index, line in enumerate(lines) if line.startswith("Retention"))
    first = " ".join(lines[start].split()[:5])
    assert " ".join([first, lines[start + 1], lines[start + 2]]) == LONG_NAME


def test_a_chart_is_told_in_words(tmp_path: Path) -> None:
    assert "[chart] Inbound and outbound calls for each hour from 8 to 19" in rendered(brief(tmp_path))


def test_a_chart_or_table_without_data_says_so(tmp_path: Path) -> None:
    write(tmp_path, "none", {"a": []})
    chart = ChartBlock(type="chart", dataset="none", vega_lite={"mark": "bar", "encoding": {"x": {"field": "a"}}})
    lines = rendered(document(tmp_path, TableBlock(type="table", dataset="none"), chart))
    assert "No rows in this period" in lines
    assert lines[lines.index("[chart] without a description") + 1] == "No data in this period"


@pytest.mark.parametrize("extra", [{}, {"alt": "Calls of each agent"}], ids=["described by itself", "by its author"])
def test_a_chart_without_data_says_so_once(tmp_path: Path, extra: dict[str, str]) -> None:
    write(tmp_path, "none", {"a": [], "b": pa.array([], pa.int64())})
    chart = ChartBlock.model_validate(
        {"type": "chart", "dataset": "none", "title": "Calls", "mark": "bar", "x": "a", "y": "b", **extra}
    )
    assert "\n".join(rendered(document(tmp_path, chart))).count("No data in this period") == 1


def test_a_table_too_wide_for_columns_becomes_paragraphs_with_every_value(tmp_path: Path) -> None:
    write(tmp_path, "wide", {f"measure_{number}": [1_000_000 + number, number] for number in range(12)})
    lines = rendered(document(tmp_path, TableBlock(type="table", dataset="wide")))
    assert [line for line in lines if line.startswith("Measure")] == [
        *(f"Measure {number}: {1_000_000 + number:,}" for number in range(12)),
        *(f"Measure {number}: {number}" for number in range(12)),
    ]


def test_control_characters_and_line_breaks_in_data_do_not_reach_the_terminal(tmp_path: Path) -> None:
    write(tmp_path, "odd", {"a": ["one\ntwo\x1b[31m red\u202eback"]})
    assert "one two[31m redback" in rendered(document(tmp_path, TableBlock(type="table", dataset="odd")))


def test_prose_is_folded_and_list_items_stay_indented(tmp_path: Path) -> None:
    lines = rendered(document(tmp_path, TextBlock(type="text", markdown="- " + "word " * 30)))
    assert [line for line in lines if "word" in line] == ["- " + "word " * 14 + "word", "  " + "word " * 14 + "word"]


def test_a_key_figure_too_long_for_one_line_takes_two(tmp_path: Path) -> None:
    write(tmp_path, "k", {"now": [1e15], "then": [9e14]})
    item = {"label": "A rather long name for a figure", "value": "now", "previous": "then", "format": "#,##0.00 €"}
    block = KpisBlock.model_validate({"type": "kpis", "dataset": "k", "items": [item]})
    lines = rendered(document(tmp_path, block))
    assert max(map(cell_len, lines)) <= 78
    assert any(line.endswith("better than 900,000,000,000,000.00 €") for line in lines)


def test_it_ends_with_where_it_comes_from_and_whom_to_ask(tmp_path: Path) -> None:
    lines = rendered(brief(tmp_path))
    assert "Report morning_brief/daily" in lines[-3]
    assert lines[-1] == "Questions? Write to owner@example.com"


def test_notices_come_first_and_are_marked(tmp_path: Path) -> None:
    other = replace(STALE, word="HELD", text="one\x1b[2J check\nwarns")
    lines = rendered(replace(brief(tmp_path), notices=(STALE, other)))
    assert lines[:6] == [
        "! STALE: fx was last updated on Thursday, 19 November 2026 at 05:02; <orders>",
        "  is up to date.",
        "",
        "! HELD: one[2J check warns",
        "",
        "MORNING BRIEF",
    ]


def test_every_kind_of_block_is_told_in_the_language_of_the_report(tmp_path: Path) -> None:
    lines = rendered(showcase(tmp_path, language_of("de")), full_report="https://reports.example/1")
    assert max(map(cell_len, lines)) <= 78
    assert lines[:2] == ["KUNDENSERVICE UND VERTRIEB", "Oktober 2026"]
    for told in (
        "Wartezeit            34,6 s  ▼ −16,0 %, besser als 41,2 s",
        "| NACHTSCHICHT IM SÜDEN",
        "| beginnen zwei weitere Kräfte.",
        "- Verlängerungen liefen im Norden (https://northwind.example/north) gut, dank",
        "  der neuen Leitfäden",
        "Inhalt",
        "[Diagramm] Anrufe jeder Region an jedem Tag im Oktober",
        "[Bild] Plan des Büros",
        "500 von 2.000 Zeilen",
        "Keine Zeilen in diesem Zeitraum",
        "Vollständigen Bericht ansehen: https://reports.example/1",
    ):
        assert told in [line.replace("\xa0", " ") for line in lines], told
    assert ["Gesamt", "3.420", "20,8%", "1.475.730", "€"] in [line.split() for line in lines]


def test_the_title_of_a_chart_stands_above_its_description(tmp_path: Path) -> None:
    lines = rendered(brief(tmp_path))
    place = lines.index("[chart] Inbound and outbound calls for each hour from 8 to 19")
    assert lines[place - 2 : place] == ["Calls per hour", ""]


def test_rows_that_are_left_out_are_counted_and_the_total_is_that_of_all(tmp_path: Path) -> None:
    write(tmp_path, "many", {"name": [f"n{number}" for number in range(9)], "amount": [3] * 9})
    block = TableBlock.model_validate({"type": "table", "dataset": "many", "columns": [
        {"name": "name"}, {"name": "amount", "total": "sum"}]})  # fmt: skip
    cut, whole = (rendered(document(tmp_path, block), max_rows=most) for most in (2, 9))
    assert "Showing 2 of 9 rows" in cut
    assert "n2" not in " ".join(cut)
    assert [line.split() for line in cut if line.startswith("Total")] == [["Total", "27"]]
    assert not [line for line in whole if "Showing" in line], "a total is no row that is left out"
    assert "n8" in " ".join(whole)
