"""Tab-separated values (IANA's text/tab-separated-values): one dataset, every row, machine-readable."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from scheduled_reports.data_files.delimited import Dialect
from scheduled_reports.data_files.delimited_file import LINE_ENDS, DelimitedFile
from scheduled_reports.document.document import Document


class Tsv(DelimitedFile):
    r"""A TSV file of one dataset.

    The first record holds the columns' names, fields stand between tabs, and there are no quotes. As no field can hold
    a tab or the end of a line (https://www.iana.org/assignments/media-types/text/tab-separated-values), texts hold
    `\t`, `\n`, `\r` and, for a backslash, `\\` instead, as in PostgreSQL's COPY. A missing value is an empty field, as
    an empty text is; `missing: \N` tells them apart, and no text looks like it.
    """

    media_type: ClassVar[str] = "text/tab-separated-values"
    extension: ClassVar[str] = "tsv"
    may_quote: ClassVar[bool] = False

    type: Literal["tsv"]
    line_end: Literal["crlf", "lf"] = Field("lf", description="What ends a record: CR and LF, or LF alone.")

    def dialect_for(self, document: Document) -> Dialect:
        """Return how its records are written."""
        return Dialect(
            delimiter="\t", quoting="never", line_end=LINE_ENDS[self.line_end], decimal=self.decimal,
            missing=self.missing, escape=self.formulas == "escape",
        )  # fmt: skip
