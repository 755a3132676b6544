"""Names of tables within a workbook."""

from __future__ import annotations

import pytest

from scheduled_reports.workbook.names import list_name, quoted


@pytest.mark.parametrize(
    ("sheet", "name"),
    [("Calls", "Calls"), ("Top 10, by city", "Top_10_by_city"), ("2026", "Table_2026"), ("AB12", "Table_AB12"),
     ("R1C1", "Table_R1C1"), ("c", "Table_c"), ("🎉", "Table"), ("Umsätze (2)", "Umsätze_2"), ("王", "王")],
)  # fmt: skip
def test_it_is_one_that_formulas_can_name(sheet: str, name: str) -> None:
    assert list_name(sheet, set()) == name


def test_no_two_are_the_same() -> None:
    taken: set[str] = set()
    assert [list_name(sheet, taken) for sheet in ("Calls", "calls", "CALLS")] == ["Calls", "calls_2", "CALLS_3"]


def test_a_sheet_is_quoted_as_formulas_want_it() -> None:
    assert quoted("It's") == "'It''s'"
