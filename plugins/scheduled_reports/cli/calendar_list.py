"""The list below the months of `reports calendar`: each fire with what it covers."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rich.cells import cell_len
from rich.text import Text

from scheduled_reports.cli.calendar_fires import Due
from scheduled_reports.cli.calendar_grid import FOLD_ABOVE, folded

_NARROWEST = 24


def plain_lines(dues: Sequence[Due]) -> Iterator[str]:
    """Yield a line for each fire: date, time, schedule, period, notes; columns are two spaces apart or more."""
    rows = [[f"{due.local:%Y-%m-%d %a}", due.clock, due.plan.label, _covered(due)] for due in dues]
    widths = [max(map(cell_len, column), default=0) for column in zip(*(row[:-1] for row in rows), strict=True)]
    for row in rows:
        cells = [_padded(cell, width) for cell, width in zip(row, [*widths, 0], strict=True)]
        yield "  ".join(cells).rstrip()


def screen_lines(days: Mapping[dt.date, list[list[Due]]], width: int) -> Iterator[Text]:
    """Yield the lines for a terminal: a heading for each day; many fires of one schedule stand in one line."""
    rows = {day: [row for group in groups for row in _rows(group)] for day, groups in days.items()}
    every = [row for found in rows.values() for row in found]
    widths = [max((cell_len(row[column]) for row in every), default=0) for column in (0, 1)]
    for day, found in rows.items():
        yield Text(f"\n{day:%A}, {day.day} {day:%B %Y}", style="bold")
        for row in found:
            yield from _wrapped(row, widths, width)


def _wrapped(row: tuple[str, str, str], widths: list[int], width: int) -> Iterator[Text]:
    """Yield one row; what it covers goes on in its own column, or below where there is no room for that."""
    when, name, covered = row
    indent = 2 + widths[0] + 2 + widths[1] + 2
    line = Text("  ").append(_padded(when, widths[0]), style="bold").append("  ")
    if width - indent >= _NARROWEST:
        first, *rest = textwrap.wrap(covered, width - indent)
        yield line.append(_padded(name, widths[1]) + "  ", style="cyan").append(first)
    else:
        indent = 2 + widths[0] + 2
        room = max(width - indent, _NARROWEST)
        first, *rest = [*folded(name, room), *textwrap.wrap(covered, room)]
        yield line.append(first, style="cyan")
    for more in rest:
        yield Text(" " * indent + more)


def _rows(group: list[Due]) -> Iterator[tuple[str, str, str]]:
    if len(group) <= FOLD_ABOVE:
        yield from ((due.clock, due.plan.label, _covered(due)) for due in group)
        return
    first, last = group[0], group[-1]
    moved = sum(due.fire.moved for due in group)
    whole = replace(first.period, end=last.period.end, name="")
    covered = f"{len(group)} runs within {whole.label}"
    when = f"{first.local:%H:%M}–{last.clock} ×{len(group)}"
    yield when, first.plan.label, f"{covered} · {moved} moved" if moved else covered


def _covered(due: Due) -> str:
    return " · ".join([due.period.label, *due.notes])


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
