"""Write columns small: each different text once, in the order of the values, and for each row the number of its."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from itertools import compress, pairwise
from typing import TYPE_CHECKING, Any

from scheduled_reports.arrow_values import as_numpy
from scheduled_reports.language.columns import MISSING
from scheduled_reports.value_kinds import Kind

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ORDERED: tuple[Kind, ...] = ("integer", "number", "boolean", "date", "time", "datetime")
"""Kinds whose order is not the one of their texts; the page sorts text by the rules of the reader's language."""

_MOSTLY = 0.6
"""From this share of different texts on, a text for each row is smaller than a text and a number."""

Dressed = tuple[str, str | None, float | None, tuple[float, float] | None]
"""A text, its tone, its shade, its bar."""

Entry = str | Dressed
"""What a cell shows: a text, which in columns with rules, a scale or bars is dressed. It follows from its value."""


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
    places = as_numpy(encoded.indices)
    different = encoded.dictionary
    firsts = np.full(len(different), -1)
    firsts[places[::-1]] = np.arange(len(places))[::-1]
    if pa.types.is_boolean(different.type):
        different = different.cast(pa.int8())
    order = as_numpy(pc.sort_indices(different))
    shown = [entries[first] for first in firsts[order].tolist()]
    begins = [True, *(one != other for one, other in pairwise(shown))][: len(shown)]
    ranks = np.zeros(len(different), dtype=np.int64)
    ranks[order] = np.cumsum(begins) - 1
    return list(compress(shown, begins)), ranks[places]


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
    texts = [entry if isinstance(entry, str) else entry[0] for entry in found]
    data: dict[str, Any] = {"ordered": ordered, "texts": texts, "missing": MISSING}
    if places is not None:
        data["at"] = packed(places)
    looks = zip(*(entry[1:] for entry in found if not isinstance(entry, str)), strict=True)
    for name, part in zip(("tones", "shades", "bars"), looks, strict=False):
        if any(value is not None for value in part):
            data[name] = list(part)
    return data


def links_data(links: Sequence[str | None]) -> dict[str, Any]:
    """Return where the cells of a column lead to: what all of them begin with, and the rest of each."""
    known = [link for link in links if link is not None]
    first, last = min(known, default=""), max(known, default="")
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return {"prefix": first[:same], "rest": [None if link is None else link[same:] for link in links]}
