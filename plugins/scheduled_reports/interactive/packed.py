"""Write columns small: each different text once, in the order of the values, and for each row the number of its."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scheduled_reports.language.columns import MISSING
from scheduled_reports.value_kinds import Kind

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ORDERED: tuple[Kind, ...] = ("integer", "number", "boolean", "date", "time", "datetime")
"""Kinds whose order is not the one of their texts; the page sorts text by the rules of the reader's language."""

_MOSTLY = 0.6
"""From this share of different texts on, a text for each row is smaller than a text and a number."""

Entry = tuple[str, str | None, float | None, tuple[float, float] | None]
"""What a cell shows: its text, its tone, its shade, its bar. All of them follow from its value."""


def packed(numbers: Sequence[int] | np.ndarray) -> dict[str, Any]:
    """Return whole numbers from 0 on as base64 (RFC 4648), `width` bytes each, the least significant first."""
    import numpy as np

    wide = np.asarray(numbers, dtype="<u4")
    top = int(wide.max()) if len(wide) else 0
    width = max((top.bit_length() + 7) // 8, 1)
    content = wide.view(np.uint8).reshape(-1, 4)[:, :width].tobytes()
    return {"width": width, "bytes": b64encode(content).decode("ascii")}


def entries_in_order(values: pa.Array, entries: Sequence[Entry]) -> tuple[list[Entry], np.ndarray]:
    """Return the different entries in the order of their values, and for each row the place of its entry.

    Neighbours that show the same are one: rows that readers cannot tell apart keep the order of the report.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = values.dictionary_encode(null_encoding="encode")
    places = encoded.indices.to_numpy(zero_copy_only=False)
    different = encoded.dictionary
    firsts = np.full(len(different), -1)
    firsts[places[::-1]] = np.arange(len(places))[::-1]
    if pa.types.is_boolean(different.type):
        different = different.cast(pa.int8())
    found, ranks = list[Entry](), np.zeros(len(different), dtype=np.int64)
    for place in pc.sort_indices(different).to_pylist():
        entry = entries[firsts[place]]
        if not found or found[-1] != entry:
            found.append(entry)
        ranks[place] = len(found) - 1
    return found, ranks[places]


def entries_as_met(entries: Sequence[Entry]) -> tuple[list[Entry], Sequence[int] | None]:
    """Return the different entries as they come, and for each row the place of its entry; None where most differ."""
    known: dict[Entry, int] = {}
    places = [known.setdefault(entry, len(known)) for entry in entries]
    if len(known) > _MOSTLY * len(entries):
        return list(entries), None
    return list(known), places


def column_data(kind: Kind, values: pa.Array, entries: Sequence[Entry]) -> dict[str, Any]:
    """Return a column as the page's script reads it (`script/column.js`)."""
    ordered = kind in ORDERED
    places: Sequence[int] | np.ndarray | None
    found, places = entries_in_order(values, entries) if ordered else entries_as_met(entries)
    texts, tones, shades, bars = (list(part) for part in zip(*found, strict=True)) if found else ([], [], [], [])
    data: dict[str, Any] = {"ordered": ordered, "texts": texts, "missing": MISSING}
    if places is not None:
        data["at"] = packed(places)
    for name, part in (("tones", tones), ("shades", shades), ("bars", bars)):
        if any(value is not None for value in part):
            data[name] = part
    return data


def links_data(links: Sequence[str | None]) -> dict[str, Any]:
    """Return where the cells of a column lead to: what all of them begin with, and the rest of each."""
    known = [link for link in links if link is not None]
    first, last = min(known, default=""), max(known, default="")
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return {"prefix": first[:same], "rest": [None if link is None else link[same:] for link in links]}
