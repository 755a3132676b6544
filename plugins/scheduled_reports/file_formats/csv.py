"""CSV and its kin: fields with a delimiter, one record a line (RFC 4180)."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from scheduled_reports.file_formats.base import FileFormat, InFile, Rows
from scheduled_reports.file_formats.convert import Dialect
from scheduled_reports.file_formats.csv_head import SAMPLE_BYTES, Head, head_of
from scheduled_reports.file_formats.csv_records import Cut, one_by_one, whole
from scheduled_reports.file_formats.text import DETECT, utf8

if TYPE_CHECKING:
    import pyarrow as pa

MOST_BYTES = 32 << 20
"""A record longer than this is taken for one whose quote is not closed."""


def _encoding(name: str) -> str:
    if name == DETECT:
        return name
    try:
        "".encode(name)
    except (LookupError, ValueError):
        raise ValueError(f"there is no encoding {name!r}; write for example utf-8, cp1252 or utf-16") from None
    return codecs.lookup(name).name


def _letter(text: str) -> str:
    if len(text) > 1 or not text.isascii() or text in {"\n", "\r", "\0"}:
        raise ValueError(f'{text!r} is not one ASCII character; for a tab write "\\t"')
    return text


def _date_format(form: str) -> str:
    moment = dt.datetime(2026, 10, 1, 6, 30, tzinfo=dt.UTC)
    try:
        read = dt.datetime.strptime(moment.strftime(form), form)  # noqa: DTZ007 - only whether it can be read
    except ValueError:
        read = None
    if read is None or "%" not in form:
        raise ValueError(f"{form!r} is no date format; write for example %d.%m.%Y")
    return form


Letter = Annotated[str, AfterValidator(_letter)]
DateFormat = Annotated[str, AfterValidator(_date_format)]


class CsvFormat(FileFormat):
    """Fields with a delimiter, one record a line; a file of tabs is one, too."""

    endings: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".tab", ".txt")

    type: Literal["csv"]
    delimiter: Letter | None = Field(
        None, min_length=1,
        description='What stands between two fields: `","`, `";"`, `"\\t"`. Found by looking unless given: a comma, '
        "semicolon, tab or bar that divides all of the first lines alike.",
    )  # fmt: skip
    quote: Letter = Field('"', description='What stands around a field with a delimiter or a line break; `""`: none.')
    escape: Letter = Field("", description="What stands before a quote or delimiter to be taken as it is; none unless "
                           "given, as a quote within quotes is doubled.")  # fmt: skip
    encoding: Annotated[str, AfterValidator(_encoding)] | None = Field(
        None,
        description="How letters are bytes: `cp1252`, `utf-16`. UTF-8 unless given, or what a byte order mark says; "
        "`detect` guesses from the first bytes. A byte that is no letter is an error.",
    )
    header: bool = Field(True, description="Whether the first record names the columns; else `columns` does, in order.")
    skip_rows: int = Field(0, ge=0, le=10_000, description="How many lines stand before the header.")
    null_values: tuple[str, ...] = Field(
        (), description='Texts that are no value: `["NA", "NULL"]`; only where they are not in quotes. An empty field '
        "never is one.",
    )  # fmt: skip
    decimal: Literal[".", ","] = Field(".", description="What stands before a fraction.")
    thousands: Literal[".", ",", " ", "'", "_"] | None = Field(
        None, description="What stands between groups of three digits, if anything does."
    )
    date_format: DateFormat | None = Field(
        None, description="How dates are written, `%d.%m.%Y` (Python's strftime); ISO 8601 unless given."
    )
    timestamp_format: DateFormat | None = Field(
        None, description="How timestamps are written, `%d.%m.%Y %H:%M`; ISO 8601 unless given."
    )

    @model_validator(mode="after")
    def _letters_differ(self) -> Self:
        letters = [letter for letter in (self.delimiter, self.quote, self.escape) if letter]
        if len(set(letters)) < len(letters):
            raise ValueError("'delimiter', 'quote' and 'escape' are not three different characters; change one")
        if self.thousands == self.decimal:
            raise ValueError(f"'decimal' and 'thousands' are both {self.decimal!r}; set both")
        return self

    @property
    def dialect(self) -> Dialect:
        """How values are written as text."""
        return Dialect(self.decimal, self.thousands, self.date_format, self.timestamp_format)

    def read(self, file: InFile, declared: Mapping[str, str | None]) -> Iterator[Rows]:
        """Yield the records, a few megabytes at a time."""
        chunks = utf8(file, self.encoding)
        start = b""
        while len(start) < SAMPLE_BYTES and (chunk := next(chunks, b"")):
            start += chunk
        head = head_of(file, start, self, list(declared))
        yield Rows(head.names, [_no_text()] * len(head.names), _numbers([]))
        for cut, table in self._cuts(file, chain([start[head.size :]], chunks), head):
            columns = [column.combine_chunks() for column in table.columns]
            yield Rows(head.names, columns, _numbers(cut.numbers), cut.bad)

    def row_text(self, row: Mapping[str, Any]) -> str:
        """Return a row as a line of CSV."""
        line = io.StringIO()
        delimiter = self.delimiter or ","
        csv.writer(line, delimiter=delimiter, lineterminator="").writerow(row.values())
        return line.getvalue()

    def _cuts(self, file: InFile, chunks: Iterator[bytes], head: Head) -> Iterator[tuple[Cut, pa.Table]]:
        """Yield the records after the header.

        Raises:
            SourceError: The file ends within a record, or one is far too long.
        """
        text, line = b"", head.line
        for chunk, final in _with_last(chunks):
            text += chunk
            cut, table = self._cut(text, line, head, final=final)
            if (final and cut.unclosed) or len(text) - cut.consumed > MOST_BYTES:
                raise _unclosed(file, cut.unclosed or line, final=final)
            if cut.is_short:
                last = cut.bad[-1]
                why = f"the file is cut: its last line has no end, and {last.reason.removeprefix('it has ')}"
                raise file.error(why, "have it sent again, whole", last.number, retryable=True)
            yield cut, table
            text, line = text[cut.consumed :], line + cut.lines

    def _cut(self, text: bytes, line: int, head: Head, *, final: bool) -> tuple[Cut, pa.Table]:
        found = whole(text, line, head.marks, final=final)
        if found is not None:
            table = self._parsed(found.data, head)
            if table.num_rows == len(found.numbers):
                return found, table
        found = one_by_one(text, line, head.marks, len(head.names), final=final)
        return found, self._parsed(found.data, head)

    def _parsed(self, data: bytes, head: Head) -> pa.Table:
        """Return records as columns of text; an empty field is null, and empty quotes are empty text."""
        import pyarrow as pa
        from pyarrow import csv as arrow

        names = [str(number) for number in range(len(head.names))]
        if not data.strip(b"\r\n"):
            return pa.table({name: _no_text() for name in names})
        return arrow.read_csv(
            pa.py_buffer(data),
            arrow.ReadOptions(column_names=names, block_size=len(data) + 1),
            arrow.ParseOptions(
                delimiter=head.marks.delimiter, quote_char=head.marks.quote or False,
                escape_char=head.marks.escape or False, newlines_in_values=True,
                invalid_row_handler=lambda _: "skip",
            ),
            arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, check_utf8=False,
                quoted_strings_can_be_null=False, null_values=["", *self.null_values],
            ),
        )  # fmt: skip


def _unclosed(file: InFile, line: int, *, final: bool) -> Exception:
    why = f"a quote in the record of line {line:,} is never closed: the file is cut, or the quote is not meant as one"
    fix = "have it sent again, whole; or set `quote` in the source's `format`"
    return file.error(why, fix, line, retryable=final)


def _with_last(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each chunk, and whether it is the last."""
    before = next(chunks, b"")
    for chunk in chunks:
        yield before, False
        before = chunk
    yield before, True


def _no_text() -> pa.Array:
    import pyarrow as pa

    return pa.array([], pa.string())


def _numbers(lines: Sequence[int] | Any) -> pa.Array:
    import pyarrow as pa

    return pa.array(lines, pa.int64())
