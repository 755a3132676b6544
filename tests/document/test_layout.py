"""Sharing a page's width among columns and key figures."""

from __future__ import annotations

import pytest

from scheduled_reports.document import Column
from scheduled_reports.document.layout import LARGEST, SMALLEST, ems, figure_size, layout, tiles_per_row

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
