"""Documents that hold what real data holds and nobody wished for, and what must be found in their files."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image
from pydantic import TypeAdapter

from sample_document import document
from scheduled_reports.document import AnyBlock, Document

MARKUP = "</script></style></title><script>window.hit=1</script><img src=x onerror=window.hit=1> &amp; \"'"
TEXTS = {
    "script": MARKUP,
    "comment": "<!-- <![CDATA[ ]]> -->",
    "entities": "&lt;b&gt; &#60; &nbsp;",
    "template": "{{ 7*7 }} {% raw %} {# x #} ${x} %(a)s",
    "equals": "=1+1",
    "command": "=cmd|' /C calc'!A0",
    "plus": "+49 40 1234",
    "minus": "-1-1",
    "at": "@SUM(A1)",
    "tab": "\t=1+2",
    "full width": "＝1+3",
    "apostrophe": "'=1",
    "nul": "\x00nul",
    "controls": "bell\x07 escape\x1b[31m c1\x85\x9b",
    "bidi": "a\u202eevil\u202c b\u2066c\u2069",
    "lines": "line\nbreak\r\nagain\u2028ls\u2029ps",
    "long word": "W" * 5_000,
    "empty": "",
    "spaces": "  ",
    "padded": "  padded  ",
    "emoji": "🎉",
    "chinese": "王小明",
    "arabic": "العربية مرحبا",
    "devanagari": "देवनागरी क्षत्रिय",
    "thai": "ภาษาไทย",
    "combining": "e\u0301 z\u0335",
    "no characters": "\ufffe\uffff",
    "escape of Excel": "_x0041_",
    "Markdown": "[link](javascript:alert(4)) **b** | c | `d`",
    "backslashes": "c:\\new\\table",
}
BEYOND_FONTS = ("emoji", "arabic", "devanagari", "thai", "combining")
"""What a PDF shows in full where the machine has fonts for it, and writes in the order of its own glyphs."""

Rows = dict[str, pa.Table]


@dataclass(frozen=True)
class Case:
    """A hostile document.

    Attributes:
        make: Makes it in a folder.
        shown: What every format that people read shows of it.
        held: What every format of data holds of its table `rows`.
        fragile: What a PDF need not hold letter by letter.
    """

    make: Callable[[Path], Document]
    shown: tuple[str, ...]
    held: tuple[str, ...]
    fragile: tuple[str, ...] = ()


def squeezed(text: str) -> str:
    """Return a text without spaces, controls and marks without a shape, in small letters: lines break elsewhere."""
    return "".join(
        letter for letter in unicodedata.normalize("NFC", text).casefold()
        if not letter.isspace() and unicodedata.category(letter) not in ("Cc", "Cf", "Cn", "Cs")
    )  # fmt: skip


def made(folder: Path, tables: Rows, *blocks: dict[str, Any]) -> Document:
    """Return a document of blocks over tables, which are written into `folder`."""
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    (folder / "include").mkdir(exist_ok=True)
    Image.new("RGB", (20, 20), "red").save(folder / "include" / "dot.png")
    read = TypeAdapter(AnyBlock).validate_python
    return document(folder, *map(read, blocks))


def texts() -> pa.Table:
    """Return a row for each text."""
    return pa.table({
        "number": [*range(len(TEXTS))], "text": [*TEXTS.values()],
        "figure": [float(number) for number in range(len(TEXTS))],
    })  # fmt: skip


def values() -> pa.Table:
    """Return a column for each kind of value, with its extremes."""
    big, first = Decimal("9" * 38), dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    last, coded = first.replace(year=9999, month=12, day=31, hour=23), pa.array(["=a", "<b>", None])
    return pa.table({
        "whole": [2**63 - 1, -(2**63), 0], "unsigned": pa.array([2**64 - 1, 0, 1], pa.uint64()),
        "not_finite": [math.nan, math.inf, -math.inf], "tiny": [5e-324, -0.0, 1e15],
        "decimal": pa.array([big, Decimal(f"-{big}"), None], pa.decimal128(38, 0)),
        "fraction": pa.array([Decimal("0." + "1" * 37), None, None], pa.decimal128(38, 37)),
        "day": [dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(1900, 2, 28)],
        "moment": [dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 999999), None],  # noqa: DTZ001
        "instant": pa.array([first, last, None], pa.timestamp("us", "UTC")),
        "clock": [dt.time(0), dt.time(23, 59, 59, 999999), None], "list": [[1, None], [], None],
        "structure": [{"a": "<b>"}, {"a": "=1"}, None], "bytes": [b"\x00\xff<b>", b"", None],
        "truth": [True, False, None], "nothing": pa.nulls(3), "coded": coded.dictionary_encode(),
    })  # fmt: skip


def wide() -> pa.Table:
    """Return two hundred columns."""
    return pa.table({f"column_{number}": [1_000 + number, -number] for number in range(200)})


def everywhere(hostile: str) -> Iterator[dict[str, Any]]:
    """Yield a block of every kind, with a text in each of its fields behind a word that says which it is."""

    def field(word: str) -> str:
        return "{% raw %}" + f"{word} {hostile}" + "{% endraw %}"

    def prose(word: str) -> str:
        return f"{word} {{{{ data.rows.text }}}}"

    yield {"type": "contents", "title": field("Zcontents")}
    yield {"type": "heading", "text": field("Zheading")}
    yield {"type": "heading", "text": "Zfilled {{ data.rows.text }}", "level": 2}
    yield {"type": "text", "markdown": prose("Zprose")}
    yield {"type": "kpis", "dataset": "figures", "items": [
        {"label": field("Zfigure"), "value": "now", "previous": "before", "target": 3, "unit": "<i>&",
         "sparkline": {"dataset": "course", "value": "now"}}]}  # fmt: skip
    yield {"type": "callout", "title": field("Zcallout"), "markdown": prose("Zbox"), "tone": "bad"}
    yield {
        "type": "table",
        "title": field("Ztable"),
        "dataset": "rows",
        "group_by": "text",
        "columns": [
            {"name": "number", "label": field("Zlabel"), "link": "{url}"},
            {"name": "figure", "total": "sum", "bar": True},
        ],
    }
    yield {"type": "table", "title": field("Ztop"), "dataset": "rows", "sort": "-figure", "detail": {
        "dataset": "rows", "on": "number"}, "top": {"rows": 1, "others": f"Zothers {hostile}"},
        "columns": [{"name": "text"}, {"name": "figure", "total": "sum", "scale": True}]}  # fmt: skip
    yield {"type": "chart", "title": field("Zchart"), "alt": field("Zalt"), "dataset": "rows", "mark": "bar",
           "x": "text", "y": "figure", "x_title": field("Zx"), "y_title": field("Zy"), "color": "text"}  # fmt: skip
    yield {"type": "chart", "title": field("Zpie"), "dataset": "rows", "mark": "pie", "x": "text", "y": "figure"}
    yield {"type": "image", "file": "dot.png", "alt": field("Zseen"), "title": field("Zimage")}
    yield {"type": "columns", "left": [{"type": "text", "markdown": prose("Zleft")}],
           "right": [{"type": "table", "title": field("Zright"), "dataset": "rows"}]}  # fmt: skip
    yield {"type": "page_break"}
    yield {"type": "appendix", "title": field("Zappendix"), "dataset": "rows"}
    yield {"type": "glossary", "title": field("Zglossary"), "terms": {f"Zterm {hostile}": prose("Zmeaning")}}


WORDS = ("heading", "filled", "prose", "figure", "callout", "box", "table", "label", "top", "others", "chart", "pie",
         "image", "left", "right", "appendix", "glossary", "term", "meaning")  # fmt: skip
"""The fields of `everywhere` that every format for readers shows."""

COURSE = {
    "figures": pa.table({"now": [5.0], "before": [math.nan]}),
    "course": pa.table({"now": [1.0, math.inf, math.nan, None, 2.0]}),
}


def _everywhere(hostile: str) -> Callable[[Path], Document]:
    links = ["javascript:alert(1)", 'https://x.example/"><script>window.hit=1</script>', "https://x.example/?a=<b>&c=1"]
    rows = pa.table(
        {"number": [1, 2, 3], "text": [hostile, "=1+1", f"2 {hostile}"], "figure": [1.5, 2.0, 3.0], "url": links}
    )
    return lambda folder: made(folder, {"rows": rows, **COURSE}, *everywhere(hostile))


def _table(rows: Callable[[], pa.Table]) -> Callable[[Path], Document]:
    return lambda folder: made(folder, {"rows": rows()}, {"type": "table", "dataset": "rows"})


_CONTROLS = "a\x00b\x07c\x0bd\x1be\x85f\u202eg\ufffe\uffffh"
_SHOWN = (
    "9,223,372,036,854,775,807",
    "18,446,744,073,709,551,615",
    "0001-01-01",
    "9999-12-31",
    "AP88Yj4=",
    "<b>",
    "=a",
)
_HELD = ("9223372036854775807", "18446744073709551615", "9" * 38, "9999-12-31", "=a")
_FRAGILE = tuple(TEXTS[name] for name in BEYOND_FONTS)
_FIELDS = tuple(f"Z{word}" for word in WORDS)
CASES = {
    "texts": Case(_table(texts), tuple(TEXTS.values()), tuple(TEXTS.values()), _FRAGILE),
    "values": Case(_table(values), _SHOWN, _HELD),
    "wide": Case(_table(wide), tuple(f"Column {at}" for at in range(200)), tuple(f"column_{at}" for at in range(200))),
    "markup everywhere": Case(_everywhere(MARKUP), _FIELDS, (MARKUP, "=1+1")),
    "controls everywhere": Case(_everywhere(_CONTROLS), _FIELDS, ("=1+1",)),
}
"""Documents with content."""

EMPTY = {
    "no rows": Case(_table(lambda: texts().slice(0, 0)), ("No rows in this period",), ()),
    "nulls alone": Case(_table(lambda: pa.table({"a": pa.nulls(3), "b": pa.array([None] * 3, pa.float64())})), (), ()),
}
"""Documents whose table has nothing to show."""
