"""Put a document's blocks in order, and name what can be led to."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace

from scheduled_reports.document.appendix import Appendix
from scheduled_reports.document.block import Bound
from scheduled_reports.document.chart import Chart
from scheduled_reports.document.columns import Columns
from scheduled_reports.document.contents import Contents, Entry
from scheduled_reports.document.document import walk
from scheduled_reports.document.glossary import Glossary
from scheduled_reports.document.heading import Heading
from scheduled_reports.document.table import Table


def arranged(blocks: Iterable[Bound]) -> tuple[Bound, ...]:
    """Return blocks with appendices at their end, with a name for each target, and with the entries of the contents."""
    known = tuple(blocks)
    ends = [block for block in known if isinstance(block, Appendix)]
    numbers = itertools.count(1)
    named = tuple(_named(block, numbers) for block in (*(block for block in known if block not in ends), *ends))
    entries = tuple(_entries(named))
    return tuple(_filled(block, entries) if isinstance(block, Contents) else block for block in named)


def _named(block: Bound, numbers: Iterator[int]) -> Bound:
    match block:
        case Heading() | Table() | Chart() | Glossary():
            return replace(block, anchor=f"part-{next(numbers)}")
        case Appendix():
            anchor = f"part-{next(numbers)}"
            return replace(block, anchor=anchor, table=replace(block.table, anchor=f"{anchor}-table"))
        case Columns():
            left, right = (tuple(_named(inner, numbers) for inner in side) for side in (block.left, block.right))
            return replace(block, left=left, right=right)
        case _:
            return block


def _entries(blocks: Iterable[Bound]) -> Iterator[Entry]:
    for block in walk(blocks):
        if isinstance(block, Heading):
            yield Entry(block.text, block.level, block.anchor)
        elif isinstance(block, Appendix | Glossary):
            yield Entry(block.title, 1, block.anchor)


def _filled(block: Contents, entries: tuple[Entry, ...]) -> Contents:
    return replace(block, entries=tuple(entry for entry in entries if entry.level <= block.depth))
