"""Sharing a page's width among columns and key figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduled_reports.document import Column
from scheduled_reports.document.layout import (
    LARGEST,
    SMALLEST,
    Need,
    column_groups,
    ems,
    figure_size,
    layout,
    need,
    repeated,
    tiles_per_row,
)

A4_WIDTH = 510.0


def column(label: str, align: str = "left") -> Column:
    return Column(label.lower(), label, None, align)  # type: ignore[arg-type]


def test_shares_add_up_to_the_page() -> None:
    columns = [column("Name"), column("Calls", "right")]
    assert sum(layout(columns, [("Anna", "12")], A4_WIDTH).shares) == pytest.approx(100)


def test_a_few_columns_keep_the_large_font() -> None:
    fit = layout([column("Name"), column("Calls", "right")], [("Anna", "12")], A4_WIDTH)
    assert (fit.font_size, fit.fits) == (LARGEST, True)


def test_many_columns_shrink_the_font_but_never_below_what_can_be_read() -> None:
    sizes = []
    for count in (8, 9, 30):
        columns = [column(f"C{number}", "right") for number in range(count)]
        sizes.append(layout(columns, [("1,234,567.89",) * count], A4_WIDTH).font_size)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == SMALLEST


def test_a_table_whose_numbers_would_break_does_not_fit() -> None:
    columns = [column(f"C{number}", "right") for number in range(20)]
    assert not layout(columns, [("1,234,567.89",) * 20], A4_WIDTH).fits


def test_one_wide_number_among_thousands_gets_its_room() -> None:
    columns = [column("Name"), column("Calls", "right")]
    rows = [("Anna", "1")] * 5000 + [("Anna", "1,234,567,890.12")]
    fit = layout(columns, rows, A4_WIDTH)
    assert fit.shares[1] * A4_WIDTH / 100 > ems("1,234,567,890.12") * fit.font_size


def test_a_long_text_does_not_starve_its_neighbours() -> None:
    fit = layout([column("Remark"), column("Team")], [("word " * 400, "Night shift")], A4_WIDTH)
    assert fit.shares[1] > 15


def test_an_empty_table_has_a_layout() -> None:
    assert layout([column("A"), column("B", "right")], [], A4_WIDTH).fits


@pytest.mark.parametrize(("count", "per_row"), [(1, 1), (4, 4), (5, 5), (6, 3), (7, 4), (8, 4)])
def test_key_figures_stand_in_even_rows(count: int, per_row: int) -> None:
    assert tiles_per_row(count) == per_row


def test_long_figures_are_set_smaller() -> None:
    assert figure_size(["7,753"], 100, 20) == 20
    assert figure_size(["1,234,567.00 €"], 100, 20) < 14


def test_a_column_is_as_wide_as_its_author_says() -> None:
    wide, narrow = replace(column("Name"), width=60.0), replace(column("Remark"), width=20.0)
    shares = layout([wide, narrow], [("Anna", "a long remark of many words")], A4_WIDTH).shares
    assert shares[0] / shares[1] == pytest.approx(3, rel=0.1)


def test_a_number_has_its_room_though_its_author_wants_less() -> None:
    figures = replace(column("N", "right"), width=2.0)
    assert need(figures, ["1,234,567"]).least > ems("1,234,567")


def test_a_date_stays_on_one_line() -> None:
    dates = replace(column("Day"), kind="date")
    assert need(dates, ["24 September 2026"]).least > ems("24 September 2026")


def test_groups_of_columns_have_the_first_and_every_other_once() -> None:
    needs = [Need(10, 10, bends=True), *(Need(width, width, bends=False) for width in (5, 7, 9, 4, 30, 6, 8))]
    groups = column_groups(needs, 32)
    assert all(group[0] == 0 for group in groups)
    assert [place for group in groups for place in group[1:]] == list(range(1, 8))
    assert all(sum(min(needs[place].least, 22) for place in group[1:]) <= 22.01 for group in groups)


def test_a_long_first_column_takes_less_than_a_third_where_it_is_repeated() -> None:
    assert repeated(Need(9, 24, bends=True), 60).least == 18
    assert repeated(Need(9, 12, bends=True), 60).least == 12
