"""Key figures on the first sheet: a row for each thing that a figure is compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scheduled_reports.errors import RenderError
from scheduled_reports.language.columns import MISSING
from scheduled_reports.language.excel import number_format
from scheduled_reports.workbook.line_styles import HEAD
from scheduled_reports.workbook.styles import Style

if TYPE_CHECKING:
    from scheduled_reports.document.kpis import Kpi, Kpis
    from scheduled_reports.language import Language
    from scheduled_reports.workbook.canvas import Canvas
    from scheduled_reports.workbook.chart_data import ChartData

BASE = Style(border="hair")
TREND_COLUMN, TREND_WIDTH = "F", 16


@dataclass
class Figures:
    """Writes key figures.

    Attributes:
        canvas: Where to.
        data: Where the figures of their sparklines go.
        language: The report's.
        lines: The cell of each sparkline, and where its figures are.
    """

    canvas: Canvas
    data: ChartData
    language: Language
    lines: list[tuple[str, str]]

    def write(self, kpis: Kpis) -> None:
        """Write a head, and each figure with what it is compared with.

        Raises:
            RenderError: A format is not one of numbers.
        """
        text = self.language.text
        labels = (text("Key figure"), text("Value"), text("Compared with"), text("Figure"), text("Change"))
        trends = any(item.trend for item in kpis.items)
        heads = [(label, replace(HEAD, align="right" if number in (1, 3, 4) else "left", indent=int(number in (2, 5))))
                 for number, label in enumerate((*labels, text("Trend")) if trends else labels)]  # fmt: skip
        self.canvas.line(*heads)
        if trends:
            self.canvas.widen(TREND_COLUMN, TREND_WIDTH)
        for item in kpis.items:
            self._item(item)

    def _item(self, item: Kpi) -> None:
        number = replace(BASE, align="right", number_format=self._format(item))
        text = self.language.text
        names = {"previous": text("Previous period"), "year": text("Year before"), "target": text("Target")}
        value = MISSING if item.value is None else item.value
        first: list[tuple[Any, Style]] = [(item.label, BASE), (value, replace(number, bold=True))]
        for place, one in enumerate(item.comparisons):
            self.canvas.line(
                *(first if place == 0 else [(None, BASE)] * 2),
                (names[one.against], replace(BASE, color="muted", align="left", indent=1)),
                (one.figure, replace(number, color="muted")),
                (f"{one.arrow} {one.change}".strip() or None, replace(BASE, color=one.verdict, align="right")),
            )
            if place == 0:
                self._trend(item)
        if not item.comparisons:
            self.canvas.line(*first, *[(None, BASE)] * 3)
            self._trend(item)

    def _trend(self, item: Kpi) -> None:
        if not item.trend:
            return
        place = self.data.line(item.label, ("#", self.language.text("Trend")), item.trend)
        self.lines.append((f"{TREND_COLUMN}{self.canvas.row}", place))

    def _format(self, item: Kpi) -> str:
        try:
            pattern = number_format(item.format, self.language)
        except ValueError as error:
            raise RenderError(f"the key figure {item.label!r} cannot be shown as {item.format!r}", why=str(error),
                              fix="correct its `format`, for example '#,##0.00'") from error  # fmt: skip
        unit = item.unit.replace('"', '"\\""')
        return f'{pattern}"\N{NO-BREAK SPACE}{unit}"' if unit else pattern
