"""The months that `reports calendar` draws in a terminal."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from scheduled_reports.cli.calendar_fires import Due
from scheduled_reports.schedule.names import WEEKDAYS

FOLD_ABOVE = 3
"""More fires of one schedule on one day than this stand as a count."""

MOST_ENTRIES = 8
"""More entries than this on one day are counted; the list below the grid has them all."""

_COLORS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_green", "bright_magenta")
_ONE_DAY = dt.timedelta(days=1)
_WIDE = 112
_EMPTY_COLUMN = 9


@dataclass(frozen=True)
class Entry:
    """What one schedule writes into a day.

    Attributes:
        when: `06:30`, or `06:00–18:00 ×13`.
        name: The schedule's.
        color: Of the name.
    """

    when: str
    name: str
    color: str


@dataclass(frozen=True)
class Grid:
    """What the months show.

    Attributes:
        first: The first day of the span.
        last: Its last day.
        today: The day to mark.
        week_starts: The weekday of the first column, Monday 0.
        dues: The fires of each day, a list for each schedule.
        closed: Days on which nobody works.
    """

    first: dt.date
    last: dt.date
    today: dt.date
    week_starts: int
    dues: Mapping[dt.date, list[list[Due]]]
    closed: set[dt.date]

    def months(self, width: int) -> Iterator[Table]:
        """Yield a table for each month, all as wide as each other and none wider than `width`."""
        padding = 1 if width >= _WIDE else 0
        widths = self._widths(width - 8 - 14 * padding)
        day = self.first.replace(day=1)
        while day <= self.last:
            yield self._month(day, widths, padding)
            day = (day + 31 * _ONE_DAY).replace(day=1)

    def _month(self, month: dt.date, widths: list[int], padding: int) -> Table:
        table = Table(title=f"{month:%B %Y}", title_style="bold", title_justify="left", box=box.SQUARE,
                      show_lines=True, padding=(0, padding), border_style="bright_black")  # fmt: skip
        for column, cells in enumerate(widths):
            name = WEEKDAYS[(self.week_starts + column) % 7][:3].capitalize()
            table.add_column(Text(name, style="bold"), width=cells, no_wrap=True)
        end = min(self.last, (month + 31 * _ONE_DAY).replace(day=1) - _ONE_DAY)
        begin = max(self.first, month)
        week = begin - _ONE_DAY * self._column(begin)
        while week <= end:
            days = [week + number * _ONE_DAY for number in range(7)]
            table.add_row(*(self._cell(day, month, cells) for day, cells in zip(days, widths, strict=True)))
            week += 7 * _ONE_DAY
        return table

    def _cell(self, day: dt.date, month: dt.date, width: int) -> Text:
        if day.month != month.month:
            return Text("")
        if not self.first <= day <= self.last:
            return Text(str(day.day), style="bright_black")
        text = Text()
        for number, line in enumerate(folded(self._heading(day), width)):
            style = "dim" if day in self.closed else "bold"
            text.append("\n" if number else "").append(line, style="reverse bold" if day == self.today else style)
        for entry in self._entries(day):
            for number, line in enumerate(folded(f"{entry.when} {entry.name}".strip(), width)):
                text.append("\n").append(line, style=entry.color)
                if number == 0:
                    text.stylize("bold", len(text) - len(line), len(text) - len(line) + len(entry.when))
        return text

    def _heading(self, day: dt.date) -> str:
        """Return the day's number, and in words what colours show too."""
        words = [str(day.day), *(["today"] if day == self.today else []), *(["closed"] if day in self.closed else [])]
        return " ".join(words)

    def _entries(self, day: dt.date) -> list[Entry]:
        found = [entry for group in self.dues.get(day, ()) for entry in self._entries_of(group)]
        found.sort(key=lambda entry: entry.when)
        if len(found) <= MOST_ENTRIES:
            return found
        return [*found[: MOST_ENTRIES - 1], Entry(f"+ {len(found) - MOST_ENTRIES + 1} more", "", "default")]

    def _entries_of(self, dues: list[Due]) -> Iterator[Entry]:
        plan = dues[0].plan
        color = self._colors[plan.report.id]
        if len(dues) > FOLD_ABOVE:
            yield Entry(f"{dues[0].local:%H:%M}–{dues[-1].local:%H:%M} ×{len(dues)}", plan.short, color)
            return
        for due in dues:
            yield Entry(f"{due.local:%H:%M}", plan.short, color)

    @cached_property
    def _colors(self) -> dict[str, str]:
        """The colour of each report, which also stands there by its name."""
        names = sorted({group[0].plan.report.id for groups in self.dues.values() for group in groups})
        return {name: _COLORS[number % len(_COLORS)] for number, name in enumerate(names)}

    def _widths(self, room: int) -> list[int]:
        """Return the columns' widths: what their entries need, or, where that is too much, the widest cut alike."""
        wanted = [_EMPTY_COLUMN] * 7
        for day in self.dues:
            for entry in self._entries(day):
                column = self._column(day)
                wanted[column] = max(wanted[column], cell_len(f"{entry.when} {entry.name}"))
        most = max(wanted)
        while sum(min(cells, most) for cells in wanted) > room and most > 1:
            most -= 1
        widths = [min(cells, most) for cells in wanted]
        for column in sorted(range(7), key=lambda column: widths[column] - wanted[column]):
            if widths[column] < wanted[column] and sum(widths) < room:
                widths[column] += 1  # what the cut left over
        return widths

    def _column(self, day: dt.date) -> int:
        return (day.weekday() - self.week_starts) % 7


def folded(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most `width`, cut behind spaces, underscores and dashes; later ones are indented."""
    lines, line = [], ""
    for part in re.findall(r"[^ _·–]*[ _·–]?", text):
        if line.strip() and cell_len(line + part.rstrip()) > width:
            lines.append(line.rstrip())
            line = " "
        line += part
        while cell_len(line.rstrip()) > width:
            lines.append(line[:width])
            line = " " + line[width:]
    return [*lines, line.rstrip()] if line.strip() else lines
