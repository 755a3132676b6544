"""Rows as records of text with a delimiter between their fields: what CSV and TSV share.

| kind of column      | its field                                                                       |
| ------------------- | ------------------------------------------------------------------------------- |
| text, nested, bytes | its text, with an apostrophe before what a spreadsheet would run as a formula   |
| number              | its text, with the dialect's decimal sign                                       |
| any other           | its text (see `formats/arrow_text.py`)                                          |
| NULL, NaN, infinity | the dialect's `missing`, never quoted; a text that is the same is quoted        |
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scheduled_reports.arrow_values import joined, word, words, zero
from scheduled_reports.data_files.glance import may_be_empty, may_begin, may_hold
from scheduled_reports.formats.arrow_text import texts
from scheduled_reports.value_kinds import kind_of

if TYPE_CHECKING:
    import pyarrow as pa

FORMULA_START = r"^[=+\-@\x00-\x1f\x7f＝＋－＠]"
"""What makes a spreadsheet take a cell for a formula (OWASP ASVS 5.0, 1.2.10; OWASP, "CSV Injection").

Control characters are skipped before a sign; full-width signs are taken for it where East Asian input is set up.
"""

RISKY_BYTES = b"=+-@" + bytes(range(0x20)) + b"\x7f\xef"
"""The first bytes of these in UTF-8, and of a few others."""

BACKSLASHED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
"""How a text without quotes holds what would end its field or record (as PostgreSQL's COPY and "Linear TSV" do)."""


@dataclass(frozen=True)
class Dialect:
    """How records are written.

    Attributes:
        delimiter: What stands between two fields.
        quoting: `needed` quotes texts that must be (RFC 4180), `all` every value, `never` puts backslashes into them.
        line_end: What ends a record.
        decimal: What stands before the fraction of a number.
        missing: What stands for NULL, NaN and infinity.
        escape: Whether a text that a spreadsheet would take for a formula gets an apostrophe before it.
    """

    delimiter: str = ","
    quoting: Literal["needed", "all", "never"] = "needed"
    line_end: str = "\r\n"
    decimal: str = "."
    missing: str = ""
    escape: bool = True

    @property
    def special(self) -> str:
        """The characters that a text may not hold as they are."""
        return "".join(BACKSLASHED) if self.quoting == "never" else f'"{self.delimiter}\r\n'


def header(names: list[str], dialect: Dialect) -> bytes:
    """Return a record of texts."""
    fields = _guarded(words(names), dialect)
    if dialect.quoting == "all":
        fields = _in_quotes(fields)
    return (dialect.delimiter.join(fields.to_pylist()) + dialect.line_end).encode()


def records(rows: pa.RecordBatch, zone: str, dialect: Dialect) -> bytes:
    """Return rows as records, UTF-8.

    Args:
        rows: The rows.
        zone: IANA name; datetimes that know their zone are told in this one.
        dialect: How to write them.
    """
    import pyarrow.compute as pc

    if not rows.num_rows:
        return b""
    missing = dialect.missing
    if rows.num_columns == 1 and dialect.quoting != "never":
        missing = missing or '""'  # a record of one empty field would be a blank line, which readers skip
    fields = [_fields(column, zone, dialect) for column in rows.columns]
    lines = pc.binary_join_element_wise(
        *fields, word(dialect.delimiter), null_handling="replace", null_replacement=missing
    )
    return joined(lines, dialect.line_end) + dialect.line_end.encode()


def _fields(column: pa.Array, zone: str, dialect: Dialect) -> pa.Array:
    import pyarrow.compute as pc

    text, kind = texts(column, zone), kind_of(column.type)
    if kind in ("text", "nested", "bytes"):
        text = _guarded(text, dialect)
    elif kind == "number" and dialect.decimal != ".":
        text = pc.replace_substring(text, ".", dialect.decimal)
    return _in_quotes(text) if dialect.quoting == "all" else text


def _guarded(text: pa.Array, dialect: Dialect) -> pa.Array:
    """Escape formulas, then quote (or put backslashes into) what holds a special character."""
    if dialect.escape and may_begin(text, RISKY_BYTES):
        text = _escaped(text)
    if dialect.quoting == "needed":
        return _quoted(text, dialect)
    written = BACKSLASHED if dialect.quoting == "never" else {'"': '""'}
    return _replaced(text, written) if may_hold(text, dialect.special) else text


def _escaped(text: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    risky = pc.match_substring_regex(text, FORMULA_START)
    risky = pc.fill_null(risky, zero(risky.type))
    nothing, mark = word(""), word("'")
    return pc.replace_with_mask(text, risky, pc.binary_join_element_wise(mark, text.filter(risky), nothing))


def _quoted(text: pa.Array, dialect: Dialect) -> pa.Array:
    """Quote what holds a special character, what is empty, and what looks as a missing value does."""
    import pyarrow.compute as pc

    found = []
    if may_hold(text, dialect.special):
        found.append(pc.match_substring_regex(text, f"[{re.escape(dialect.special)}]"))
    if may_be_empty(text):
        lengths = pc.binary_length(text)
        found.append(pc.equal(lengths, zero(lengths.type)))
    if dialect.missing:
        found.append(pc.equal(text, word(dialect.missing)))
    if not found:
        return text
    special = functools.reduce(pc.or_, found)
    special = pc.fill_null(special, zero(special.type))
    return pc.replace_with_mask(text, special, _in_quotes(_replaced(text.filter(special), {'"': '""'})))


def _replaced(text: pa.Array, written: dict[str, str]) -> pa.Array:
    import pyarrow.compute as pc

    for character, instead in written.items():
        text = pc.replace_substring(text, character, instead)
    return text


def _in_quotes(text: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    quote, nothing = word('"'), word("")
    return pc.binary_join_element_wise(quote, text, quote, nothing)
