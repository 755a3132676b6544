"""Blocks that hold no table of their own: callouts, columns, contents, glossary; and what all blocks may say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from sample_document import document, write
from scheduled_reports.document import (
    AnyBlock,
    Appendix,
    Block,
    Bound,
    Callout,
    Columns,
    Contents,
    Glossary,
    Heading,
    Table,
    Text,
)
from scheduled_reports.errors import DocumentError, ReportError
from scheduled_reports.language import language_of

ANY: TypeAdapter[Block] = TypeAdapter(AnyBlock)


def block(**fields: Any) -> Block:
    return ANY.validate_python(fields)


def bound(folder: Path, *blocks: dict[str, Any]) -> tuple[Bound, ...]:
    return document(folder, *(block(**fields) for fields in blocks)).blocks


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "totals", {"calls": [7753], "team": ["*North* <b>"], "late": [0]})
    write(tmp_path, "late", {"agent": ["Ann", "Ben"], "minutes": [3.5, 12.0]})
    write(tmp_path, "none", {"agent": []})
    return tmp_path


def test_a_callout_is_markdown_with_a_tone(folder: Path) -> None:
    (found,) = bound(
        folder,
        {"type": "callout", "tone": "warning", "title": "Mind", "markdown": "**Late**: {{ data.late | length }}"},
    )

    assert isinstance(found, Callout)
    assert (found.tone, found.title, found.markdown) == ("warning", "Mind", "**Late**: 2")
    assert found.html == "<p><strong>Late</strong>: 2</p>\n"


@pytest.mark.parametrize(
    ("tone", "english", "german"),
    [("info", "Note", "Hinweis"), ("good", "Good news", "Gute Nachricht"),
     ("warning", "Warning", "Warnung"), ("bad", "Bad news", "Schlechte Nachricht")],
)  # fmt: skip
def test_a_callout_without_a_title_says_what_its_colour_means(
    folder: Path, tone: str, english: str, german: str
) -> None:
    callout = block(type="callout", tone=tone, markdown="Sales fell.")

    found = [document(folder, callout, language=language_of(code)).blocks[0] for code in ("en", "de")]

    assert [getattr(one, "title", None) for one in found] == [english, german]


def test_texts_may_use_the_run_data_and_write_it_as_tables_do(folder: Path) -> None:
    markdown = "{{ data.totals.calls | number('#,##0') }} calls; {% for row in data.late %}{{ row.agent }} {% endfor %}"
    heading, text = bound(
        folder, {"type": "heading", "text": "{{ data.totals.calls }} calls"}, {"type": "text", "markdown": markdown}
    )

    assert isinstance(heading, Heading)
    assert isinstance(text, Text)
    assert (heading.text, text.markdown) == ("7753 calls", "7,753 calls; Ann Ben")


def test_a_value_in_a_text_is_text_whatever_it_looks_like(folder: Path) -> None:
    (text,) = bound(folder, {"type": "text", "markdown": "From {{ data.totals.team }}."})

    assert isinstance(text, Text)
    assert text.markdown == "From *North* <b>."
    assert text.html == "<p>From *North* &lt;b&gt;.</p>\n"


@pytest.mark.parametrize(
    ("template", "why"),
    [("{{ data.totls.calls }}", "table 'totls' is not in this run"),
     ("{{ data.totals.cals }}", "there is no column 'cals'")],
)  # fmt: skip
def test_data_that_is_not_there_is_told(folder: Path, template: str, why: str) -> None:
    with pytest.raises(ReportError, match=why):
        bound(folder, {"type": "text", "markdown": template})


def test_a_text_goes_through_no_more_rows_than_a_text_can_hold(tmp_path: Path) -> None:
    write(tmp_path, "many", {"n": list(range(1001))})

    with pytest.raises(ReportError, match="'many' has 1,001 rows"):
        bound(tmp_path, {"type": "text", "markdown": "{% for row in data.many %}{{ row.n }}{% endfor %}"})


def test_what_a_text_uses_of_the_data_is_shown(folder: Path) -> None:
    found = block(type="text", markdown="{{ data.totals['calls'] }} {% for row in data.late %}{{ row }}{% endfor %}")

    assert {(shown.table, shown.columns) for shown in found.shows()} == {("totals", ("calls",)), ("late", None)}


@pytest.mark.parametrize(
    ("only_if", "shown"),
    [("late", True), ("none", False), ({"dataset": "late", "where": "minutes > 10"}, True),
     ({"dataset": "late", "where": "minutes > 60 -- an hour"}, False)],
)  # fmt: skip
def test_a_block_may_depend_on_rows(folder: Path, only_if: Any, shown: bool) -> None:
    assert bool(bound(folder, {"type": "heading", "text": "Late", "only_if": only_if})) is shown


def test_a_condition_shows_nothing_of_its_table(folder: Path) -> None:
    assert list(block(type="heading", text="Late", only_if="late").shows()) == []


def test_columns_hold_blocks_beside_each_other_and_leave_out_what_depends_on_missing_rows(folder: Path) -> None:
    left = [{"type": "heading", "text": "Left"}, {"type": "text", "markdown": "none", "only_if": "none"}]
    (found,) = bound(
        folder, {"type": "columns", "share": 0.4, "left": left, "right": [{"type": "table", "dataset": "late"}]}
    )

    assert isinstance(found, Columns)
    assert (len(found.left), found.share) == (1, 0.4)
    assert isinstance(found.right[0], Table)


def test_columns_are_empty_where_all_in_them_is(folder: Path) -> None:
    from scheduled_reports.tables import Tables

    empty, full = {"type": "table", "dataset": "none"}, {"type": "table", "dataset": "late"}
    prose = {"type": "text", "markdown": "x"}

    assert block(type="columns", left=[empty], right=[prose]).is_empty(Tables(folder)) is True
    assert block(type="columns", left=[empty], right=[full]).is_empty(Tables(folder)) is False
    assert block(type="columns", left=[prose], right=[prose]).is_empty(Tables(folder)) is None


def test_a_block_that_does_not_fit_says_where_it_stands_in_the_spec(folder: Path) -> None:
    text = {"type": "text", "markdown": "x"}
    table = {"type": "table", "title": "Late", "dataset": "late", "columns": [{"name": "agnt"}]}
    chart = {"type": "chart", "title": "Late", "dataset": "late", "mark": "bar", "x": "agnt", "y": "minutes"}

    with pytest.raises(DocumentError, match=r"^content\[2\]: table 'Late' over 'late': there is no column 'agnt'"):
        bound(folder, text, table)
    with pytest.raises(DocumentError, match=r"^content\[1\]\.right\[2\]: chart 'Late' over 'late': there is no column"):
        bound(folder, {"type": "columns", "left": [text], "right": [text, chart]})


def test_what_columns_show_of_tables_is_what_their_blocks_show() -> None:
    found = block(type="columns", left=[{"type": "text", "markdown": "{{ data.totals.calls }}"}],
                  right=[{"type": "table", "dataset": "late", "columns": [{"name": "agent"}]}])  # fmt: skip

    assert {(shown.table, shown.columns) for shown in found.shows()} == {("totals", ("calls",)), ("late", ("agent",))}


def test_columns_hold_no_columns() -> None:
    inner = {
        "type": "columns",
        "left": [{"type": "text", "markdown": "x"}],
        "right": [{"type": "text", "markdown": "x"}],
    }

    with pytest.raises(ValidationError, match="columns"):
        block(type="columns", left=[inner], right=[inner])


def test_contents_list_headings_appendices_and_the_glossary_with_their_targets(folder: Path) -> None:
    contents, appendix = {"type": "contents"}, {"type": "appendix", "title": "All late calls", "dataset": "late"}
    columns = {
        "type": "columns",
        "left": [{"type": "heading", "text": "In", "level": 2}],
        "right": [{"type": "text", "markdown": "x"}],
    }
    found = bound(folder, contents, appendix, {"type": "heading", "text": "One"}, columns,
                  {"type": "glossary", "terms": {"Late": "After **due**"}})  # fmt: skip

    assert isinstance(found[0], Contents)
    assert [(entry.text, entry.level) for entry in found[0].entries] == [
        ("One", 1), ("In", 2), ("Glossary", 1), ("All late calls", 1),
    ]  # fmt: skip
    assert len({entry.anchor for entry in found[0].entries}) == 4
    assert isinstance(found[-1], Appendix)
    assert found[-1].anchor == found[0].entries[-1].anchor


def test_contents_may_list_sections_alone(folder: Path) -> None:
    two = {"type": "heading", "text": "Two", "level": 2}
    (contents, *_) = bound(folder, {"type": "contents", "depth": 1, "title": "Inside"}, two)

    assert isinstance(contents, Contents)
    assert (contents.title, contents.entries) == ("Inside", ())


def test_a_glossary_stands_in_the_order_of_its_letters(folder: Path) -> None:
    (found,) = bound(folder, {"type": "glossary", "title": "Words", "terms": {"zeta": "*last*", "Alpha": "first"}})

    assert isinstance(found, Glossary)
    assert [(term.term, term.html) for term in found.terms] == [
        ("Alpha", "<p>first</p>\n"), ("zeta", "<p><em>last</em></p>\n"),
    ]  # fmt: skip
