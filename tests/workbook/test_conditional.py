"""Colours, scales and bars of a table, as Excel's conditional formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scheduled_reports.brands import HOUSE
from scheduled_reports.document.column import Rule
from scheduled_reports.document.table import Column
from scheduled_reports.workbook import conditional
from scheduled_reports.workbook.conditional import condition_of
from workbook.parts import SALES, part, table

SHEET = "xl/worksheets/sheet2.xml"


@pytest.mark.parametrize(
    ("kind", "rule", "formula"),
    [
        ("number", {"above": 5}, "AND(ISNUMBER(B2),B2>5.0)"),
        ("number", {"at_least": 1, "below": 2.5}, "AND(ISNUMBER(B2),B2>=1.0,B2<2.5)"),
        ("number", {"at_most": -1}, "AND(ISNUMBER(B2),B2<=-1.0)"),
        ("integer", {"equals": [1, 2]}, "OR(AND(ISNUMBER(B2),B2=1.0),AND(ISNUMBER(B2),B2=2.0))"),
        ("integer", {"equals": "1"}, None),
        ("text", {"equals": 'say "hi" & <go>'}, 'AND(ISTEXT(B2),EXACT(B2,"say ""hi"" & <go>"))'),
        ("text", {"equals": 5}, None),
        ("text", {"equals": "x" * 256}, None),
        ("boolean", {"equals": False}, "B2=FALSE"),
        ("date", {"equals": "2026-10-01"}, "B2=46296"),
    ],
)
def test_a_rule_is_a_formula_that_an_empty_cell_never_fits(
    kind: Any, rule: dict[str, Any], formula: str | None
) -> None:
    column = Column("b", "B", None, "left", kind)
    assert condition_of(Rule.model_validate({"tone": "good"} | rule), column, "B2") == formula


def test_rules_stand_in_their_order_with_the_brands_colours(tmp_path: Path) -> None:
    rules = [{"below": 0, "tone": "bad"}, {"above": 3, "tone": "good"}]
    book = table(tmp_path, SALES, columns=[{"name": "city"}, {"name": "price", "highlight": rules, "total": "sum"}])
    ((where, found),) = book["Sample"].conditional_formatting._cf_rules.items()
    assert str(where.sqref) == "B2:B7"
    assert [(rule.priority, rule.formula, rule.stopIfTrue) for rule in found] == [
        (1, ["AND(ISNUMBER(B2),B2<0.0)"], True), (2, ["AND(ISNUMBER(B2),B2>3.0)"], True),
    ]  # fmt: skip
    assert [rule.dxf.font.color.rgb for rule in found] == [
        "FF" + HOUSE.colors[tone][1:].upper() for tone in ("bad", "good")
    ]
    assert found[0].dxf.fill.bgColor.rgb == "FF" + HOUSE.colors["bad_paper"][1:].upper()


def test_scales_and_bars_have_their_ends(tmp_path: Path) -> None:
    columns = [{"name": "city"}, {"name": "sales", "scale": {"low": 0}}, {"name": "price", "bar": True}]
    book = table(tmp_path, SALES, columns=columns)
    scale, bar = (rules[0] for rules in book["Sample"].conditional_formatting._cf_rules.values())
    assert [float(end.val) for end in scale.colorScale.cfvo] == [0, 60]
    assert [float(end.val) for end in bar.dataBar.cfvo] == [-3, 5.5]
    later = part(tmp_path, SHEET).findall(".//{*}conditionalFormatting/{*}cfRule/{*}dataBar")
    assert later[-1].attrib["gradient"] == "0"
    later_areas = part(tmp_path, SHEET).iter("{http://schemas.microsoft.com/office/excel/2006/main}sqref")
    assert [areas.text for areas in later_areas] == ["C2:C7"]


def test_they_leave_out_the_lines_between_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [{"name": "city"}, {"name": "sales", "bar": True, "total": "sum"}]
    book = table(tmp_path, SALES, columns=columns, group_by="region")
    assert [str(where.sqref) for where in book["Sample"].conditional_formatting] == ["B3:B5 B8:B9 B12"]
    monkeypatch.setattr(conditional, "MOST_AREAS", 2)
    book = table(tmp_path, SALES, columns=columns, group_by="region")
    assert [str(where.sqref) for where in book["Sample"].conditional_formatting] == ["B3:B5 B8:B9", "B12"]
    monkeypatch.setattr(conditional, "MOST_FORMATS", 1)
    book = table(tmp_path, SALES, columns=columns, group_by="region")
    assert [str(where.sqref) for where in book["Sample"].conditional_formatting] == ["B3:B12"]
