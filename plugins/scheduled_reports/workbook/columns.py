"""Arrow columns as the cells of Excel sheets, without a Python object for each value.

Cells are written as parts of rows: texts that all rows share, and Arrow arrays of text. NULL in these is an empty cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scheduled_reports.arrow_values import as_numpy, numbers, truths, word, words, zero
from scheduled_reports.value_kinds import kind_of
from scheduled_reports.workbook.cells import EXACT_BELOW, MAX_TEXT, inline_cell, is_risky
from scheduled_reports.workbook.shared_texts import SharedTexts

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

UNIX_DAY = 25_569
"""1970-01-01 in Excel's calendar, whose day 0 is 1899-12-30."""

FIRST_DAY, MARCH_1900, LAST_DAY = 2, 61, 2_958_465
"""1900-01-01, 1900-03-01 and 9999-12-31, counted so. Excel has a 29 February 1900: before it, days count one less."""

DAY = 86_400_000_000
"""Microseconds of a day."""

_SPECIAL = b"&<>\n\r" + bytes(range(9)) + b"\x0b\x0c" + bytes(range(14, 32))
_AT_ENDS = b" \t=+-@'\xc2\xe2\xef"
"""Bytes for which a text needs a closer look: those of XML; at its ends spaces and signs of formulas."""


@dataclass
class ColumnCells:
    """Makes the cells of one column.

    Attributes:
        value: The number of the style of what Excel counts with.
        text: That of texts.
        risky: That of texts like formulas.
        zone: IANA name; instants are told in this zone.
        shared: The texts that cells share.
        has_texts: Whether a number or date stood in it as text, so that Excel cannot add it up.
        repeats: Whether its texts repeat.
    """

    value: int
    text: int
    risky: int
    zone: str
    shared: SharedTexts
    has_texts: bool = False
    repeats: bool = True
    _known: dict[str, str] = field(default_factory=dict)

    def parts(self, values: pa.Array) -> list[Any]:
        """Return the cells of some rows."""
        from pyarrow import types

        if types.is_dictionary(values.type):
            values = values.dictionary_decode()
        match kind_of(values.type):
            case "integer" | "number":
                return self._numbers(values)
            case "boolean":
                return _cells(values.cast("int8").cast("large_string"), f'<c s="{self.value}" t="b"><v>')
            case "date" | "datetime":
                return self._moments(values)
            case "time":
                return _cells(_decimals(_ticks(values) / DAY, values), f'<c s="{self.value}"><v>')
            case _:
                return [self._texts(plain_texts(values, self.zone))]

    def one(self, text: str) -> str:
        """Return a cell with one text."""
        return inline_cell(text, self.risky if is_risky(text) else self.text)

    def _numbers(self, values: pa.Array) -> list[Any]:
        import pyarrow as pa
        import pyarrow.compute as pc
        from pyarrow import types

        parts = _cells(plain_texts(values, self.zone), f'<c s="{self.value}"><v>')
        if types.is_floating(values.type) or values.null_count == len(values):
            return parts
        ends = pc.min_max(values).as_py()
        if ends["min"] > -EXACT_BELOW and ends["max"] < EXACT_BELOW:
            return parts
        known = values if types.is_decimal(values.type) else values.cast(pa.decimal128(38, 0))
        high, low = (pa.scalar(Decimal(limit), known.type) for limit in (EXACT_BELOW, -EXACT_BELOW))
        far = pc.or_(pc.greater_equal(known, high), pc.less_equal(known, low))
        return self._with_texts(parts, values, far)

    def _moments(self, values: pa.Array) -> list[Any]:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        is_date = kind_of(values.type) == "date"
        if is_date:
            whole = values.cast(pa.date32()).cast(pa.int32())
            days = as_numpy(pc.fill_null(whole, zero(whole.type))) + np.int64(UNIX_DAY)
        else:
            days = _ticks(_local(values, self.zone)) / DAY + UNIX_DAY
        far = (days < FIRST_DAY) | (days >= LAST_DAY + 1)
        days = np.where(days < MARCH_1900, days - 1, days)
        figures = numbers(days, _nulls(values)).cast("large_string") if is_date else _decimals(days, values)
        parts = _cells(figures, f'<c s="{self.value}"><v>')
        return self._with_texts(parts, values, truths(far & ~_nulls(values))) if far.any() else parts

    def _with_texts(self, parts: list[Any], values: pa.Array, far: pa.Array) -> list[Any]:
        """Return the cells with those that Excel cannot hold as what they are replaced by text."""
        import pyarrow.compute as pc

        far = pc.fill_null(far, zero(far.type))
        if not pc.any(far).as_py():
            return parts
        self.has_texts = True
        texts = plain_texts(values.filter(far), self.zone).to_pylist()
        return [replaced(whole(parts, len(values)), far, map(self.one, texts))]

    def _texts(self, values: pa.Array) -> pa.Array:

        if self.repeats and not self.shared.is_full:
            found = values.dictionary_encode()
            self.repeats = len(found.dictionary) * 2 <= len(values) + 32
            if self.repeats:
                cells = words(self._shared(text) for text in found.dictionary.to_pylist())
                return cells.take(found.indices)
        return self._inline(values)

    def _shared(self, text: str) -> str:
        cell = self._known.get(text)
        if cell is None:
            cell = self.shared.cell(text, self.risky if is_risky(text) else self.text)
            if len(self._known) < 10_000:
                self._known[text] = cell
        return cell

    def _inline(self, values: pa.Array) -> pa.Array:
        import pyarrow.compute as pc

        cells = _joined(f'<c s="{self.text}" t="inlineStr"><is><t>', values, "</t></is></c>")
        special = _special(values)
        if special is None:
            return cells
        return replaced(cells, special, map(self.one, pc.drop_null(values.filter(special)).to_pylist()))


def plain_texts(values: pa.Array, zone: str) -> pa.Array:
    """Return values as text, as CSV has them."""
    from scheduled_reports.formats.arrow_text import texts  # its package imports this one

    return texts(values, zone)


def rows_of(parts: Sequence[Any], empty: str) -> pa.Array:
    """Return rows of their parts, one after another.

    Args:
        parts: Arrays of text, and texts that every row has.
        empty: What stands for NULL.
    """
    import pyarrow.compute as pc

    merged: list[Any] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    fixed = [word(part) if isinstance(part, str) else part for part in (*merged, "")]
    return pc.binary_join_element_wise(*fixed, null_handling="replace", null_replacement=empty)


def whole(parts: Sequence[Any], count: int) -> pa.Array:
    """Return the parts of a column as one array; a cell with a NULL in it is NULL."""
    import pyarrow as pa

    if len(parts) == 1 and not isinstance(parts[0], str):
        return parts[0]
    if all(isinstance(part, str) for part in parts):
        return pa.repeat(word("".join(parts)), count)
    return _joined(*parts)


def replaced(cells: pa.Array, mask: pa.Array, others: Any) -> pa.Array:
    """Return cells, those of the mask replaced by others, in order."""
    import pyarrow.compute as pc

    return pc.replace_with_mask(cells, mask, words(others))


def _cells(figures: pa.Array, begin: str) -> list[Any]:
    end = "</v></c>"
    return [_joined(begin, figures, end)] if figures.null_count else [begin, figures, end]


def _joined(*parts: Any) -> pa.Array:
    """Return texts one after another; NULL where one is NULL."""
    import pyarrow.compute as pc

    fixed = [word(part) if isinstance(part, str) else part for part in (*parts, "")]
    return pc.binary_join_element_wise(*fixed)


def _local(values: pa.Array, zone: str) -> pa.Array:
    from scheduled_reports.data_files.moments import wall_times  # its package imports this one

    return values if values.type.tz is None else wall_times(values, zone)


def _ticks(values: pa.Array) -> np.ndarray:
    """Return times or datetimes as microseconds, 0 for NULL."""
    import pyarrow as pa
    import pyarrow.compute as pc

    unit = {"s": 1e6, "ms": 1e3, "us": 1, "ns": 1e-3}[values.type.unit]
    integers = values.cast(pa.int32() if values.type.bit_width == 32 else pa.int64())
    ticks: np.ndarray = as_numpy(pc.fill_null(integers.cast(pa.int64()), zero(pa.int64())))
    return ticks * unit


def _decimals(days: np.ndarray, values: pa.Array) -> pa.Array:
    """Return days and parts of days as text, to some 10 microseconds."""
    import numpy as np

    return numbers(np.round(days, 10), _nulls(values)).cast("large_string")


def _nulls(values: pa.Array) -> Any:
    return as_numpy(values.is_null())


def _special(values: pa.Array) -> pa.Array | None:
    """Return where texts need a closer look before they are XML; None where nowhere."""
    import numpy as np

    offsets = np.frombuffer(values.buffers()[1], np.int64, len(values) + 1, values.offset * 8)
    first, last = int(offsets[0]), int(offsets[-1])
    buffer, found = values.buffers()[2], np.zeros(len(values), bool)
    if buffer is None or first == last:
        return None
    content = np.frombuffer(buffer, np.uint8, last - first, first)
    rare = content.tobytes()
    table = _table(_SPECIAL + (b"_" if b"_x" in rare else b"") + (b"\xef" if b"\xef\xbf" in rare else b""))
    found[np.searchsorted(offsets, np.flatnonzero(table[content]) + first, side="right") - 1] = True
    lengths, ends = np.diff(offsets), _table(_AT_ENDS)
    full = np.flatnonzero(lengths)
    found[full] |= ends[content[offsets[:-1][full] - first]] | ends[content[offsets[1:][full] - 1 - first]]
    found |= lengths > MAX_TEXT
    found &= ~_nulls(values)
    return truths(found) if found.any() else None


def _table(letters: bytes) -> np.ndarray:
    import numpy as np

    table = np.zeros(256, bool)
    table[list(letters)] = True
    return table
