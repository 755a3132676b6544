"""The lines of a table: groups, subtotals, totals, the others of a top, and how cells look."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sample_document import document, write
from scheduled_reports.document import LineKind, Lines, Table, TableBlock
from scheduled_reports.errors import DocumentError
from scheduled_reports.shown import Shown

SALES = {
    "region": ["North", "South", "North", "South", None],
    "site": ["Kiel", "Ulm", "Bremen", "Ulm", "?"],
    "sold": [3, 1, 4, 1, 5],
    "asked": [10, 10, 10, 10, 10],
    "revenue": [30.5, -10.0, None, float("nan"), 2.5],
}


def bound(folder: Path, **table: Any) -> Table:
    write(folder, "sales", SALES)
    block = TableBlock.model_validate({"type": "table", "dataset": "sales", **table})
    found = document(folder, block).blocks[0]
    assert isinstance(found, Table)
    return found


def seen(table: Table) -> list[tuple[LineKind, tuple[str, ...]]]:
    """Return what each line is, and what readers see of it."""
    kinds = [LineKind(kind) for lines in table.lines() for kind in lines.kinds]
    return list(zip(kinds, table.texts(), strict=True))


def all_lines(table: Table) -> Lines:
    (lines,) = table.lines()
    return lines


def test_groups_stand_in_the_order_of_their_first_rows_with_subtotals_and_a_total(tmp_path: Path) -> None:
    columns = [{"name": "site"}, {"name": "sold", "total": "sum"}, {"name": "revenue", "total": "max"}]

    assert seen(bound(tmp_path, group_by="region", columns=columns)) == [
        (LineKind.GROUP, ("North", "", "")),
        (LineKind.ROW, ("Kiel", "3", "30.50")),
        (LineKind.ROW, ("Bremen", "4", "–")),
        (LineKind.SUBTOTAL, ("North, total", "7", "30.50")),
        (LineKind.GROUP, ("South", "", "")),
        (LineKind.ROW, ("Ulm", "1", "-10.00")),
        (LineKind.ROW, ("Ulm", "1", "–")),
        (LineKind.SUBTOTAL, ("South, total", "2", "-10.00")),
        (LineKind.GROUP, ("–", "", "")),
        (LineKind.ROW, ("?", "5", "2.50")),
        (LineKind.SUBTOTAL, ("–, total", "5", "2.50")),
        (LineKind.TOTAL, ("Total", "14", "30.50")),
    ]


def test_groups_within_groups_know_their_depth(tmp_path: Path) -> None:
    lines = all_lines(bound(tmp_path, group_by=["region", "site"], sort="site", columns=[{"name": "sold"}]))

    heads = [(head, level) for head, level, kind in zip(lines.heads, lines.levels, lines.kinds, strict=True) if kind]
    assert heads == [("–", 0), ("?", 1), ("North", 0), ("Bremen", 1), ("Kiel", 1), ("South", 0), ("Ulm", 1)]


def test_columns_by_which_it_is_grouped_are_not_repeated_in_its_rows(tmp_path: Path) -> None:
    assert [column.name for column in bound(tmp_path, group_by="region").columns] == [
        "site", "sold", "asked", "revenue",
    ]  # fmt: skip


def test_a_quotient_below_a_column_is_that_of_the_sums(tmp_path: Path) -> None:
    columns = [{"name": "site"}, {"name": "sold", "format": "0%", "total": {"sum": "sold", "per": "asked"}}]

    assert seen(bound(tmp_path, columns=columns))[-1] == (LineKind.TOTAL, ("Total", "28%"))


def test_a_total_of_what_is_missing_is_missing_and_never_zero(tmp_path: Path) -> None:
    write(tmp_path, "none", {"site": ["x"], "sold": [None], "rate": [float("nan")]})
    block = TableBlock.model_validate({"type": "table", "dataset": "none", "columns": [
        {"name": "site"}, {"name": "rate", "total": "mean"}]})  # fmt: skip

    assert list(document(tmp_path, block).blocks[0].texts())[-1] == ("Total", "")  # type: ignore[attr-defined]


def test_the_first_rows_stand_alone_and_the_others_are_added_up(tmp_path: Path) -> None:
    columns = [{"name": "site"}, {"name": "sold", "total": "sum"}]

    table = bound(tmp_path, sort="-sold", top=2, columns=columns)

    assert seen(table) == [
        (LineKind.ROW, ("?", "5")),
        (LineKind.ROW, ("Bremen", "4")),
        (LineKind.OTHERS, ("Others (3)", "5")),
        (LineKind.TOTAL, ("Total", "14")),
    ]
    assert table.row_count == 2


def test_the_others_may_have_a_name_or_be_left_out(tmp_path: Path) -> None:
    named = bound(tmp_path, sort="site", top={"rows": 1, "others": "Rest"}, columns=[{"name": "site"}])
    without = bound(tmp_path, sort="site", top={"rows": 1, "others": False}, columns=[{"name": "site"}])
    all_of_them = bound(tmp_path, sort="site", top=5, columns=[{"name": "site"}])

    assert [texts for _, texts in seen(named)] == [("?",), ("Rest (4)",)]
    assert [texts for _, texts in seen(without)] == [("?",)]
    assert len(seen(all_of_them)) == 5


def test_rows_that_are_equal_to_the_sort_keep_their_order(tmp_path: Path) -> None:
    assert [row[0] for row in bound(tmp_path, sort="-asked", columns=[{"name": "sold"}]).rows()] == SALES["sold"]


def test_rules_give_cells_a_tone_and_the_first_that_fits_wins(tmp_path: Path) -> None:
    rules = [{"below": 0, "tone": "bad"}, {"above": 2.5, "tone": "good"}, {"at_most": 2.5, "tone": "warning"}]
    named = [{"equals": ["Ulm", "Kiel"], "tone": "muted"}]

    table = bound(tmp_path, columns=[{"name": "site", "highlight": named}, {"name": "revenue", "highlight": rules}])

    assert all_lines(table).looks() == (
        ["muted", "muted", None, "muted", None], ["good", "bad", None, None, "warning"],
    )  # fmt: skip


def test_scales_and_bars_go_over_all_rows_unless_a_range_is_given(tmp_path: Path) -> None:
    table = bound(tmp_path, columns=[
        {"name": "site"}, {"name": "sold", "scale": True}, {"name": "revenue", "bar": True},
        {"name": "asked", "bar": {"high": 40}},
    ])  # fmt: skip
    lines = all_lines(table)

    assert lines.shades()[1] == [0.5, 0.0, 0.75, 0.0, 1.0]
    assert lines.bars()[2] == [(0.2469, 1.0), (0.0, 0.2469), None, None, (0.2469, 0.3086)]
    assert lines.bars()[3] == [(0.0, 0.25)] * 5


def test_totals_have_no_tone_no_shade_and_no_bar(tmp_path: Path) -> None:
    column = {"name": "sold", "total": "sum", "bar": True, "highlight": [{"above": 0, "tone": "good"}]}
    for lines in bound(tmp_path, columns=[{"name": "site"}, column]).lines():
        if lines.kinds == [LineKind.TOTAL]:
            assert (lines.looks()[1], lines.bars()[1]) == ([None], [None])


def test_links_take_columns_of_their_row_encoded(tmp_path: Path) -> None:
    write(tmp_path, "orders", {"id": ["1 /2", "x&y", None], "page": ["https://a.example/?q=1", "javascript:x", " "]})
    block = TableBlock.model_validate({"type": "table", "dataset": "orders", "columns": [
        {"name": "id", "link": "https://crm.example/o/{id}?from=report"},
        {"name": "page", "link": "{page}"}]})  # fmt: skip
    (lines,) = document(tmp_path, block).blocks[0].lines()  # type: ignore[attr-defined]

    assert lines.links == (
        ["https://crm.example/o/1%20%2F2?from=report", "https://crm.example/o/x%26y?from=report", None],
        ["https://a.example/?q=1", None, None],
    )


def test_details_have_the_keys_of_the_rows_that_open_them(tmp_path: Path) -> None:
    write(tmp_path, "orders", {"site": ["Ulm", "Kiel"], "order": [1, 2]})
    table = bound(tmp_path, columns=[{"name": "sold"}], detail={"dataset": "orders", "on": "site"})

    assert table.detail is not None
    assert table.detail.on == ("site",)
    assert [key.to_pylist() for key in all_lines(table).keys] == [SALES["site"]]
    assert [key.to_pylist() for key in all_lines(table.detail.table).keys] == [["Ulm", "Kiel"]]


def test_heads_of_groups_are_written_as_their_column(tmp_path: Path) -> None:
    write(tmp_path, "days", {"day": [dt.date(2026, 10, 1)], "calls": [5]})
    block = TableBlock.model_validate({"type": "table", "dataset": "days", "group_by": "day"})

    assert next(iter(document(tmp_path, block).blocks[0].texts())) == ("2026-10-01",)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("column", "why"),
    [({"total": "sum"}, "`total` of column 'region' needs numbers: 'region' holds text"),
     ({"bar": True}, "`bar` of column 'region' needs numbers"),
     ({"scale": True}, "`scale` of column 'region' needs numbers"),
     ({"highlight": [{"below": 0, "tone": "bad"}]}, "`highlight` of column 'region' needs numbers"),
     ({"total": {"sum": "sold", "per": "region"}}, "`total` of column 'region' needs numbers"),
     ({"link": "https://x.example/{nr}"}, "there is no column 'nr'")],
)  # fmt: skip
def test_what_needs_numbers_or_a_column_says_so(tmp_path: Path, column: dict[str, Any], why: str) -> None:
    with pytest.raises(DocumentError, match=why):
        bound(tmp_path, columns=[{"name": "site"}, {"name": "region", **column}])


@pytest.mark.parametrize(
    ("table", "why"),
    [({"top": 3}, "'top' needs 'sort'"),
     ({"top": 3, "sort": "a", "group_by": "b"}, "'top' and 'group_by' exclude each other"),
     ({"columns": [{"name": "a", "total": "sum"}]}, "the first column holds the words of totals"),
     ({"columns": [{"name": "a", "link": "javascript:alert({a})"}]}, "a link begins with https://"),
     ({"columns": [{"name": "a", "link": "https://x.example"}]}, "name a column"),
     ({"columns": [{"name": "a", "bar": True, "scale": True}]}, "'scale' or a 'bar', not both"),
     ({"columns": [{"name": "a", "bar": {"low": 2, "high": 1}}]}, "'low' must be less"),
     ({"columns": [{"name": "a", "highlight": [{"tone": "bad"}]}]}, "a rule needs"),
     ({"columns": [{"name": "a", "highlight": [{"tone": "bad", "above": 1, "equals": 2}]}]}, "as two rules")],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_at_once(table: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        TableBlock.model_validate({"type": "table", "dataset": "sales", **table})


def test_nothing_is_shown_by_mistake_that_only_a_link_or_a_total_uses(tmp_path: Path) -> None:
    block = TableBlock.model_validate({"type": "table", "dataset": "sales", "group_by": "region", "columns": [
        {"name": "site", "link": "https://x.example/{sold}"},
        {"name": "asked", "total": {"sum": "revenue", "per": "asked"}}],
        "detail": {"dataset": "orders", "on": "site"}})  # fmt: skip

    shown = {entry.table: entry.columns for entry in block.shows()}
    assert set(shown["sales"] or ()) == {"site", "sold", "asked", "revenue", "region"}
    assert shown["orders"] is None


def test_a_column_may_be_shown_twice(tmp_path: Path) -> None:
    table = bound(tmp_path, columns=[{"name": "site"}, {"name": "sold", "bar": True}, {"name": "sold", "scale": True}])

    assert all_lines(table).shades()[2] == [0.5, 0.0, 0.75, 0.0, 1.0]


@pytest.mark.parametrize(("sort", "order"), [("-rate", "ecabd"), ("rate", "ceabd")])
def test_what_is_no_number_comes_last_whichever_way_it_is_sorted(tmp_path: Path, sort: str, order: str) -> None:
    write(tmp_path, "rates", {"name": list("abcde"), "rate": [float("nan"), float("inf"), 1.0, None, 2.5]})
    block = TableBlock.model_validate(
        {"type": "table", "dataset": "rates", "sort": sort, "top": 4, "columns": [{"name": "name"}]}
    )
    table = document(tmp_path, block).blocks[0]
    assert isinstance(table, Table)

    assert "".join(row[0] for row in table.rows()) == order[:4]


def test_the_columns_by_which_details_are_found_are_shown_of_both_tables() -> None:
    detail = {"dataset": "calls", "columns": [{"name": "minutes"}], "on": "caller"}
    block = TableBlock.model_validate(
        {"type": "table", "dataset": "sales", "columns": [{"name": "site"}], "detail": detail}
    )

    assert list(block.shows()) == [Shown("sales", ("site", "caller")), Shown("calls", ("minutes", "caller"))]


def test_rows_are_opened_by_the_values_of_their_keys_also_where_these_are_lists(tmp_path: Path) -> None:
    write(tmp_path, "parts", {"bill": [1, 1, 2], "marks": [["a"], ["a"], None], "piece": ["x", "y", "z"]})
    detail = {"dataset": "parts", "on": ["bill", "marks"]}
    block = TableBlock.model_validate({"type": "table", "dataset": "parts", "detail": detail})
    table = document(tmp_path, block).blocks[0]
    assert isinstance(table, Table)

    assert list(all_lines(table).openers()) == [(1, "['a']"), (1, "['a']"), (2, None)]


def test_a_mean_of_whole_numbers_is_not_rounded_to_one_and_a_count_is_whole(tmp_path: Path) -> None:
    columns = [
        {"name": "site"}, {"name": "sold", "total": "mean"},
        {"name": "revenue", "format": "#,##0.00 €", "total": "count"},
    ]  # fmt: skip
    table = bound(tmp_path, group_by="region", columns=columns)

    assert [texts for kind, texts in seen(table) if kind in (LineKind.SUBTOTAL, LineKind.TOTAL)] == [
        ("North, total", "3.50", "1"), ("South, total", "1.00", "1"), ("–, total", "5.00", "1"), ("Total", "2.80", "3"),
    ]  # fmt: skip


def test_the_mean_of_a_group_rounds_no_number_of_its_rows(tmp_path: Path) -> None:
    """A DOUBLE holds whole numbers up to 2 ** 53, and all lines of a grouped table have one type."""
    large = 2**53
    write(tmp_path, "ids", {"team": ["A", "A", "B", "B"], "name": list("wxyz"), "n": [large + 1, large + 3, 1, 2]})
    columns = [{"name": "name"}, {"name": "n", "total": "mean"}]
    block = TableBlock.model_validate({"type": "table", "dataset": "ids", "group_by": "team", "columns": columns})

    (table,) = document(tmp_path, block).blocks

    assert isinstance(table, Table)
    assert [texts[1] for kind, texts in seen(table) if kind in (LineKind.ROW, LineKind.SUBTOTAL)] == [
        "9,007,199,254,740,993.00", "9,007,199,254,740,995.00", "9,007,199,254,740,994.00", "1.00", "2.00", "1.50",
    ]  # fmt: skip
