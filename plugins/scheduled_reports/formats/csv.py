"""Comma-separated values (RFC 4180): one dataset, every row, machine-readable."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.data_files.delimited import Dialect
from scheduled_reports.data_files.delimited_file import LINE_ENDS, DelimitedFile
from scheduled_reports.data_files.encoding import Encoding
from scheduled_reports.document.document import Document

SET_BY_EXCEL = ("delimiter", "line_end", "encoding", "decimal")

PARTS_OF_VALUES = " .:+-/=@'"
"""What numbers, dates and escaped texts are written with, beside letters and digits."""


class Csv(DelimitedFile):
    """A CSV file of one dataset.

    Unless told otherwise: UTF-8 without a byte order mark; the first record holds the columns' names; every record, the
    last one too, ends in CRLF (RFC 4180, section 2, rules 1 to 3); a field is quoted where it must be (rules 5 to 7).
    Beyond the RFC: NULL, NaN and infinity are an empty field, an empty text is `""` (as PostgreSQL's COPY does), and
    the tables in `formats/arrow_text.py` and `data_files/delimited.py` say how each kind of value is written. Notices
    are not in it, unless it tells what it is `about`: every record is data.
    """

    media_type: ClassVar[str] = "text/csv"
    extension: ClassVar[str] = "csv"

    type: Literal["csv"]
    dialect: Literal["excel"] | None = Field(
        None,
        description="`excel` writes what Excel opens by a double click where the report's `locale` is the reader's: "
        "UTF-8 with a byte order mark, CRLF, and, where that locale has a decimal comma, numbers with one and a "
        "semicolon between fields; else a point and a comma. It stands for `delimiter`, `line_end`, `encoding` and "
        "`decimal`, which cannot stand beside it.",
    )
    delimiter: str = Field(
        ",", min_length=1, max_length=1, description="What stands between two fields: one ASCII character, `;` say."
    )
    quote: Literal["needed", "all"] = Field(
        "needed", description="Which values are quoted: those that must be, or `all`; missing ones never are."
    )
    line_end: Literal["crlf", "lf"] = Field("crlf", description="What ends a record: CR and LF, or LF alone.")
    header: bool = Field(True, description="Whether the first record holds the columns' names.")

    @model_validator(mode="after")
    def _nothing_clashes(self) -> Self:
        beside = [name for name in SET_BY_EXCEL if name in self.model_fields_set]
        if self.dialect and beside:
            raise ValueError(f"`dialect: excel` sets {beside[0]!r}; leave out one of the two")
        if fault := _fault_in(self.delimiter):
            raise ValueError(f"{self.delimiter!r} cannot be the delimiter: {fault}")
        if self.delimiter == self.decimal:
            raise ValueError(f'{self.decimal!r} is both the delimiter and the decimal sign; give it `delimiter: ";"`')
        if {self.delimiter, *(",;" if self.dialect else "")} & set(self.missing):
            raise ValueError(f"`missing` {self.missing!r} holds the delimiter")
        return self

    def dialect_for(self, document: Document) -> Dialect:
        """Return how its records are written."""
        comma = self.dialect == "excel" and _has_decimal_comma(document.language.locale)
        return Dialect(
            delimiter=";" if comma else self.delimiter, quoting=self.quote, line_end=LINE_ENDS[self.line_end],
            decimal="," if comma else self.decimal, missing=self.missing, escape=self.formulas == "escape",
        )  # fmt: skip

    def has_header(self) -> bool:
        """Return whether the columns' names stand above the rows."""
        return self.header

    def encoding_for(self, document: Document) -> Encoding:
        """Return how its characters become bytes."""
        return "utf-8-sig" if self.dialect == "excel" else self.encoding


def _fault_in(delimiter: str) -> str:
    """Say why it cannot stand between fields; nothing where it can."""
    if delimiter in '"\r\n\x00':
        return "it has a meaning of its own in CSV"
    if not delimiter.isascii():
        return "not every encoding has it; write an ASCII character, for example ; or |"
    if delimiter.isalnum() or delimiter in PARTS_OF_VALUES:
        return "values are written with it, without quotes; write for example ; or |"
    return ""


def _has_decimal_comma(locale: str) -> bool:
    from babel.numbers import get_decimal_symbol

    return bool(get_decimal_symbol(locale) == ",")
