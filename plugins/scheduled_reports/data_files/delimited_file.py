"""What CSV and TSV files have in common: their encoding, their numbers, the lines before their header."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from scheduled_reports.data_files.ahead import in_order
from scheduled_reports.data_files.compression import compressed
from scheduled_reports.data_files.data_file import TextDataFile
from scheduled_reports.data_files.delimited import Dialect, header, records
from scheduled_reports.data_files.encoding import MARKS, Encoding, encoded, lacking
from scheduled_reports.document.document import Document
from scheduled_reports.errors import RenderError
from scheduled_reports.formats.arrow_text import texts
from scheduled_reports.formats.base import Records

if TYPE_CHECKING:
    import pyarrow as pa

LINE_ENDS = {"crlf": "\r\n", "lf": "\n"}


class DelimitedFile(TextDataFile):
    """A file of records, whose fields stand between delimiters."""

    formulas: Literal["escape", "keep"] = Field(
        "escape",
        description="What becomes of text that a spreadsheet would run as a formula, because it begins with = + - @ or "
        "a control character. `escape` puts an apostrophe before it, for files that people open; `keep` leaves it as "
        "it is, for files that only machines read. Numbers are never touched.",
    )
    encoding: Encoding = Field(
        "utf-8",
        description="How its characters become bytes: `utf-8`; `utf-8-sig`, UTF-8 with the byte order mark by which "
        "Excel knows it; `cp1252` or `iso-8859-1`, which lack most characters (one that it lacks fails the report); "
        "`utf-16`, little-endian with a byte order mark.",
    )
    decimal: Literal[".", ","] = Field(".", description="What stands before the fraction of a number.")
    missing: str = Field(
        "",
        pattern=r"^[ !#-~]*$",
        description="What stands for a missing value (NULL, NaN, infinity): ASCII without quotes, `NA`, say; nothing "
        "unless given.",
    )
    about: bool = Field(
        False,
        description="Whether lines above the header tell whose report it is, its title, its period and its notices, "
        "then comes an empty line. For people: a program must be told to skip them.",
    )

    may_quote: ClassVar[bool] = True
    """Whether a value may hold line ends, between quotes."""

    @abstractmethod
    def dialect_for(self, document: Document) -> Dialect:
        """Return how its records are written."""

    def has_header(self) -> bool:
        """Return whether the columns' names stand above the rows."""
        return True

    def records(self) -> Records | None:
        """Return how it can be cut between two lines; compressed, or in UTF-16, it has none."""
        if self.compression is not None or self.encoding == "utf-16":
            return None
        return Records(self.has_header(), self.about, may_quote=self.may_quote)

    def encoding_for(self, document: Document) -> Encoding:
        """Return how its characters become bytes."""
        return self.encoding

    def render(self, document: Document, target: Path) -> None:
        """Stream the dataset to `target`; a few thousand rows are in memory at a time.

        Raises:
            RenderError: The dataset lacks a column, or the encoding a character.
            SourceError: The run has no such table, or it cannot be read.
        """
        zone, dialect, encoding = (
            str(document.period.start.tzinfo),
            self.dialect_for(document),
            self.encoding_for(document),
        )

        def written(part: tuple[int, pa.RecordBatch]) -> bytes:
            start, rows = part
            try:
                return encoded(records(rows, zone, dialect), encoding)
            except UnicodeEncodeError as error:
                raise self._lacks(encoding, _place(rows, start, zone, encoding), error) from error

        with self.opened(document.tables) as rows:
            head = self._head(document, rows.schema.names, dialect, encoding)
            made = in_order(written, _numbered(rows.slices()))
            with compressed(target, self.compression) as file, closing(made) as parts:
                file.write(head)
                for part in parts:
                    file.write(part)

    def _head(self, document: Document, names: list[str], dialect: Dialect, encoding: Encoding) -> bytes:
        lines = [*_about(document), ""] if self.about else []
        try:
            content = b"".join(header([line], dialect) if line else dialect.line_end.encode() for line in lines)
            if self.has_header():
                content += header(names, dialect)
            return MARKS.get(encoding, b"") + encoded(content, encoding)
        except UnicodeEncodeError as error:
            raise self._lacks(encoding, "what stands above the rows", error) from error

    def _lacks(self, encoding: str, place: str, error: UnicodeEncodeError) -> RenderError:
        letter = error.object[error.start]
        return RenderError(
            f"format {self.key!r} cannot be written as {encoding}",
            why=f"{place} holds {letter!a} (U+{ord(letter):04X}), which {encoding} lacks",
            fix="give it `encoding: utf-8-sig`, which Excel opens, or `utf-16`; or replace the character in the query",
        )


def _about(document: Document) -> Iterator[str]:
    """Yield the lines above the header; what is empty is left out."""
    lines = (document.brand.name, document.title, document.period_label, *map(str, document.notices))
    yield from (line for line in lines if line)


def _numbered(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield rows with the number of rows before them."""
    before = 0
    for rows in batches:
        yield before, rows
        before += rows.num_rows


def _place(rows: pa.RecordBatch, start: int, zone: str, encoding: Encoding) -> str:
    """Return where the first character stands that the encoding lacks."""
    columns = [texts(column, zone).to_pylist() for column in rows.columns]
    for number, row in enumerate(zip(*columns, strict=True), start + 1):
        for name, value in zip(rows.schema.names, row, strict=True):
            if value and lacking(value, encoding):
                return f"row {number:,}, column {name!r},"
    return "a row"
