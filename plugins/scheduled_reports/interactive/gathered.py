"""Read the lines of a table, up to as many rows as a page holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, repeat
from typing import TYPE_CHECKING, Any

from scheduled_reports.arrow_values import places
from scheduled_reports.document import LineKind, Lines, Table
from scheduled_reports.interactive.packed import ORDERED, Entry

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Between:
    """A line that is no row: the head of a group, a subtotal, the others, the total.

    Attributes:
        before: Before which row it stands; rows are counted from 0.
        kind: What it is.
        level: How deep its group lies.
        texts: What its cells say.
    """

    before: int
    kind: LineKind
    level: int
    texts: tuple[str, ...]


@dataclass
class Gathered:
    """The lines of a table, column by column.

    Attributes:
        table: The table.
        most: How many rows are kept at most.
        rows: How many are.
        entries: What the cells of its rows show.
        values: Their values, one list of Arrow arrays for each column that is sorted by them.
        links: Where cells lead to; None for a column without links.
        keys: By what each row opens its details.
        between: Heads of groups and subtotals.
        foot: The others and the total.
    """

    table: Table
    most: int
    rows: int = 0
    entries: list[list[Entry]] = field(default_factory=list)
    values: list[list[pa.Array]] = field(default_factory=list)
    links: list[list[str | None] | None] = field(default_factory=list)
    keys: list[tuple[Any, ...]] = field(default_factory=list)
    between: list[Between] = field(default_factory=list)
    foot: list[Between] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """How many rows of the table are not in it."""
        return self.table.row_count - self.rows

    def column(self, index: int) -> pa.Array:
        """Return the values of a column's rows as one array."""
        import pyarrow as pa

        return pa.chunked_array(self.values[index]).combine_chunks() if self.values[index] else pa.nulls(0)


def gathered(table: Table, most: int) -> Gathered:
    """Return the lines of `table`, its first `most` rows at most, and its last lines in any case.

    Raises:
        DocumentError: A column's pattern does not fit its values.
        SourceError: The run's data cannot be read.
    """
    found = Gathered(table, most)
    found.entries, found.values = [[] for _ in table.columns], [[] for _ in table.columns]
    found.links = [[] if column.linked else None for column in table.columns]
    for lines in table.lines():
        if found.rows < most or not lines.plain:
            _add(found, lines)
        elif not table.has_total and table.others is None:
            break
    return found


def _add(found: Gathered, lines: Lines) -> None:
    """Add some lines; of those beyond the last row that is kept, only what stands at the foot."""
    texts = lines.texts(found.table.language)
    kept = _kept(found, lines)
    if not lines.plain:
        _add_between(found, lines, texts, kept)
    count = sum(kept)
    if not count:
        return
    whole = count == lines.count
    for index, entries in enumerate(_entries(lines, texts)):
        found.entries[index] += entries if whole else compress(entries, kept)
        if found.table.columns[index].kind in ORDERED:
            found.values[index].append(lines.values[index] if whole else _filtered(lines.values[index], kept))
        links, urls = found.links[index], lines.links[index]
        if links is not None and urls is not None:
            links += urls if whole else compress(urls, kept)
    if lines.keys:
        found.keys += lines.openers() if whole else compress(lines.openers(), kept)
    found.rows += count


def _entries(lines: Lines, texts: list[list[str]]) -> Iterator[Iterable[Entry]]:
    """Yield what the cells of each column show: texts alone where nothing dresses them, as in most columns."""
    for shown, *looks in zip(texts, lines.looks(), lines.shades(), lines.bars(), strict=True):
        if any(look is not None for look in looks):
            yield zip(shown, *(repeat(None) if look is None else look for look in looks), strict=False)
        else:
            yield shown


def _kept(found: Gathered, lines: Lines) -> list[bool]:
    """Say of each line whether it is a row that is kept."""
    room = found.most - found.rows
    if lines.plain and room >= lines.count:
        return [True] * lines.count
    kept = []
    for kind in lines.kinds:
        kept.append(kind == LineKind.ROW and room > 0)
        room -= kept[-1]
    return kept


def _filtered(values: pa.Array, kept: Sequence[bool]) -> pa.Array:
    import numpy as np

    return values.take(places(np.flatnonzero(kept)))


def _add_between(found: Gathered, lines: Lines, texts: list[list[str]], kept: list[bool]) -> None:
    """Add the lines that are no row; behind the last row that is kept, those alone that end a group or the table."""
    before = found.rows
    full = found.most - found.rows - sum(kept) <= 0
    last = max((index for index, row in enumerate(kept) if row), default=-1)
    cut = found.table.row_count > found.most
    for index, kind in enumerate(lines.kinds):
        if kind in (LineKind.OTHERS, LineKind.TOTAL):
            found.foot.append(_between(before, lines, texts, index))
        elif kind != LineKind.ROW and not (cut and full and index > last):
            found.between.append(_between(before, lines, texts, index))
        before += kept[index]


def _between(before: int, lines: Lines, texts: list[list[str]], index: int) -> Between:
    cells = tuple(column[index] for column in texts)
    return Between(before, LineKind(lines.kinds[index]), lines.levels[index], cells)
