"""Conditional formats: colours by rules, scales and bars that follow when a reader edits a number.

Elements are those of ECMA-376 Part 1, 18.3.1; bars have the part that Excel 2010 added (MS-XLSX, 2.6.30), which knows
solid bars and negative ones.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from scheduled_reports.document.column import Rule
from scheduled_reports.document.table import Column

if TYPE_CHECKING:
    from scheduled_reports.workbook.styles import Styles

MOST_AREAS = 500
"""Ranges that one conditional format names; Excel slows down with more."""

MOST_FORMATS = 20
"""Where groups are more than these hold, formats cover the lines between, too."""

MOST_LETTERS = 255
"""A text within a formula is no longer."""

_PAPERS = {"good": "good_paper", "bad": "bad_paper", "warning": "warning_paper", "accent": "accent_paper"}
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"


@dataclass(frozen=True)
class Looks:
    """What colours cells in a workbook.

    Attributes:
        tones: The number of the differential style of each tone.
        shade: The strongest ground of a scale, `AARRGGBB`.
        paper: The weakest.
        bad: The colour of bars below zero.
    """

    tones: dict[str, int]
    shade: str
    paper: str
    bad: str


def looks_of(styles: Styles) -> Looks:
    """Add the brand's tones to a workbook."""
    from openpyxl.styles import Font, PatternFill
    from openpyxl.styles.differential import DifferentialStyle

    numbers = {}
    for tone in (*_PAPERS, "muted"):
        paper = _PAPERS.get(tone)
        fill = PatternFill("solid", bgColor=styles.argb(paper)) if paper else None
        style = DifferentialStyle(font=Font(color=styles.argb(tone)), fill=fill)
        numbers[tone] = styles.book._differential_styles.add(style)
    bad = "FF" + _between(styles.argb("bad")[2:], styles.argb("paper")[2:])
    return Looks(numbers, styles.argb("shade"), styles.argb("paper"), bad)


def _between(one: str, other: str) -> str:
    """Return the colour in the middle of two: dark text can be read on it."""
    parts = ((int(one[at : at + 2], 16) + int(other[at : at + 2], 16)) // 2 for at in (0, 2, 4))
    return "".join(f"{part:02X}" for part in parts)


def formats(columns: Sequence[Column], runs: Sequence[tuple[int, int]], looks: Looks) -> tuple[str, str]:
    """Return the conditional formats of a sheet as XML, and what belongs into the sheet's `extLst`.

    Args:
        columns: The table's columns.
        runs: First and last row of each run of rows of data.
        looks: The workbook's colours.
    """
    from openpyxl.utils import get_column_letter

    if not runs or not any(column.rules or column.scale or column.bar for column in columns):
        return "", ""
    if len(runs) > MOST_AREAS * MOST_FORMATS:
        runs = [(runs[0][0], runs[-1][1])]
    found, later, priority = list[str](), list[str](), 1
    for number, column in enumerate(columns, 1):
        letter = get_column_letter(number)
        for start in range(0, len(runs), MOST_AREAS):
            some = runs[start : start + MOST_AREAS]
            areas, cell = " ".join(f"{letter}{first}:{letter}{last}" for first, last in some), f"{letter}{some[0][0]}"
            rules = []
            for make in _makers(column, cell, areas, looks, later):
                rules.append(make.replace("<cfRule", f'<cfRule priority="{priority}"', 1))
                priority += 1
            if rules:
                found.append(f'<conditionalFormatting sqref="{areas}">{"".join(rules)}</conditionalFormatting>')
    return "".join(found), _extension(later)


def _makers(column: Column, cell: str, areas: str, looks: Looks, later: list[str]) -> Iterator[str]:
    for rule in column.rules:
        condition = condition_of(rule, column, cell)
        if condition:
            formula = f"<formula>{escape(condition, quote=False)}</formula>"
            yield f'<cfRule type="expression" dxfId="{looks.tones[rule.tone]}" stopIfTrue="1">{formula}</cfRule>'
    if column.scale:
        low, high = column.scale
        yield (f'<cfRule type="colorScale"><colorScale>{_ends(low, high)}<color rgb="{looks.paper}"/>'
               f'<color rgb="{looks.shade}"/></colorScale></cfRule>')  # fmt: skip
    if column.bar:
        low, high = column.bar
        name = "{" + str(uuid.uuid5(uuid.NAMESPACE_OID, areas)).upper() + "}"
        later.append(_bar(name, low, high, areas, looks))
        yield (f'<cfRule type="dataBar"><dataBar>{_ends(low, high)}<color rgb="{looks.shade}"/></dataBar><extLst>'
               f'<ext xmlns:x14="{_X14}" uri="{{B025F937-C7B1-47D3-B67F-A62EFF666E3E}}"><x14:id>{name}</x14:id></ext>'
               "</extLst></cfRule>")  # fmt: skip


def condition_of(rule: Rule, column: Column, cell: str) -> str | None:
    """Return a rule as a formula about a cell; None where no value of the column can fit it."""
    if rule.equals:
        tests = [test for value in rule.equals if (test := _equal(value, column, cell))]
        return None if not tests else tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
    above, at_least, below, at_most = rule.bounds
    bounds = ((">", above), (">=", at_least), ("<", below), ("<=", at_most))
    tests = [f"{cell}{sign}{bound!r}" for sign, bound in bounds if bound is not None]
    return f"AND(ISNUMBER({cell}),{','.join(tests)})"


def _equal(value: Any, column: Column, cell: str) -> str | None:
    if column.kind == "boolean":
        return f"{cell}={'TRUE' if value else 'FALSE'}" if value in (True, False) else None
    if column.kind in ("integer", "number"):
        return None if isinstance(value, str) else f"AND(ISNUMBER({cell}),{cell}={float(value)!r})"
    if not isinstance(value, str) or len(value) > MOST_LETTERS:
        return None
    if column.kind == "date" and (days := _days(value)) is not None:
        return f"{cell}={days}"
    text = value.replace('"', '""')
    return f'AND(ISTEXT({cell}),EXACT({cell},"{text}"))'


def _days(text: str) -> int | None:
    from openpyxl.utils.datetime import to_excel

    try:
        return int(to_excel(dt.date.fromisoformat(text)))
    except ValueError:
        return None


def _ends(low: float, high: float) -> str:
    return f'<cfvo type="num" val="{low!r}"/><cfvo type="num" val="{high!r}"/>'


def _bar(name: str, low: float, high: float, areas: str, looks: Looks) -> str:
    ends = "".join(f'<x14:cfvo type="num"><xm:f>{end!r}</xm:f></x14:cfvo>' for end in (low, high))
    return (
        '<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        f'<x14:cfRule type="dataBar" id="{name}"><x14:dataBar minLength="0" maxLength="100" gradient="0">{ends}'
        f'<x14:negativeFillColor rgb="{looks.bad}"/><x14:axisColor rgb="{looks.shade}"/></x14:dataBar></x14:cfRule>'
        f"<xm:sqref>{areas}</xm:sqref></x14:conditionalFormatting>"
    )


def _extension(bars: Sequence[str]) -> str:
    if not bars:
        return ""
    return (f'<ext xmlns:x14="{_X14}" uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}"><x14:conditionalFormattings>'
            f"{''.join(bars)}</x14:conditionalFormattings></ext>")  # fmt: skip
