"""Comma-separated values (RFC 4180): one dataset, every row, machine-readable."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from scheduled_reports.document.document import Document
from scheduled_reports.document.nothing import shows_nothing
from scheduled_reports.formats.arrow_text import joined, kind_of, slices, texts
from scheduled_reports.formats.base import Format
from scheduled_reports.spec.marks import TableName

if TYPE_CHECKING:
    import pyarrow as pa

FORMULA_START = r"^[=+\-@\x00-\x1f\x7f＝＋－＠]"
"""What makes a spreadsheet take a cell for a formula (OWASP ASVS 5.0, 1.2.10; OWASP, "CSV Injection").

Control characters are skipped before a sign; full-width signs are taken for it where East Asian input is set up.
"""


class Csv(Format):
    """A CSV file of one dataset.

    UTF-8 without a byte order mark; the first record holds the columns' names; every record, the last one too, ends
    in CRLF (RFC 4180, section 2, rules 1 to 3); a field is quoted where it must be (rules 5 to 7). Beyond the RFC:
    NULL, NaN and infinity are an empty field, an empty text is `""` (as PostgreSQL's COPY does), and the table in
    `formats/arrow_text.py` says how each kind of value is written. Notices are not in it: every
    record is data.
    """

    media_type: ClassVar[str] = "text/csv"
    extension: ClassVar[str] = "csv"
    has_content: ClassVar[bool] = False

    type: Literal["csv"]
    dataset: TableName = Field(description="The source or dataset to write, with all its columns and rows.")
    formulas: Literal["escape", "keep"] = Field(
        "escape",
        description="What becomes of text that a spreadsheet would run as a formula, because it begins with = + - @ or "
        "a control character. `escape` puts an apostrophe before it, for files that people open; `keep` leaves it as "
        "it is, for files that only machines read. Numbers are never touched.",
    )

    def render(self, document: Document, target: Path) -> None:
        """Stream the dataset to `target`; a few thousand rows are in memory at a time."""
        zone, escape = str(document.period.start.tzinfo), self.formulas == "escape"
        with target.open("wb") as file:
            file.write(header(document.tables.columns(self.dataset), escape=escape))
            for rows in slices(document.tables.batches(self.dataset)):
                file.write(records(rows, zone, escape=escape))

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether it has no row, or nothing in any."""
        return shows_nothing(document.tables, self.dataset)


def header(names: list[str], *, escape: bool) -> bytes:
    """Return the first record, with the columns' names.

    Args:
        names: The names.
        escape: Whether what a spreadsheet would take for a formula gets an apostrophe before it.
    """
    import pyarrow as pa

    return (",".join(_fields(pa.array(names, pa.large_string()), escape=escape).to_pylist()) + "\r\n").encode()


def records(rows: pa.RecordBatch, zone: str, *, escape: bool) -> pa.Buffer:
    """Return rows as records.

    Args:
        rows: The rows.
        zone: IANA name; datetimes that know their zone are told in this one.
        escape: As for `header`.
    """
    parts: list[pa.Array | str] = []
    for column in rows.columns:
        text = texts(column, zone)
        quotable = kind_of(column.type) in ("text", "nested", "bytes")
        parts += [_fields(text, escape=escape) if quotable else text, ","]
    parts[-1] = "\r\n"
    # A record of one empty field would be a blank line, which readers skip.
    return joined(parts, null='""' if rows.num_columns == 1 else "")


def _fields(text: pa.Array, *, escape: bool) -> pa.Array:
    """Escape formulas, then quote what holds a comma, a quote or a line break, and what is empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing, quote = pa.scalar("", pa.large_string()), pa.scalar('"', pa.large_string())
    if escape:
        risky = pc.fill_null(pc.match_substring_regex(text, FORMULA_START), False)
        if pc.any(risky).as_py():
            marked = pc.binary_join_element_wise(pa.scalar("'", pa.large_string()), text.filter(risky), nothing)
            text = pc.replace_with_mask(text, risky, marked)
    special = pc.fill_null(pc.match_substring_regex(text, r'[",\r\n]|^$'), False)
    if not pc.any(special).as_py():
        return text
    doubled = pc.replace_substring(text.filter(special), '"', '""')
    return pc.replace_with_mask(text, special, pc.binary_join_element_wise(quote, doubled, quote, nothing))
