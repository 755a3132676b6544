"""What every file format offers: rows in columns, and the place of each row in its file."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from scheduled_reports.errors import SourceError
from scheduled_reports.file_formats.convert import Dialect
from scheduled_reports.model import Model

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 60
"""The most letters of a value that a message shows."""


@dataclass(frozen=True)
class InFile:
    """A file to read.

    Attributes:
        path: Where it lies on this machine.
        name: What messages call it: its path, or its URL without a login.
        what: The source that it belongs to, as messages call it.
    """

    path: Path
    name: str
    what: str

    def error(self, why: str, fix: str, place: int | str = "", *, retryable: bool = False) -> SourceError:
        """Return the error that says what is wrong with this file, and where: a line, or a cell."""
        where = f":{place}" if place != "" else ""
        return SourceError(f"{self.what}: {self.name}{where}", why=why, fix=fix, retryable=retryable)


@dataclass(frozen=True)
class Bad:
    """A row that cannot be taken.

    Attributes:
        number: Its line, or its number, as the format counts.
        reason: What is wrong, without any value.
        row: The row as it stands in the file, as far as that is known.
        column: The column that is wrong, where it is one.
        value: That column's value.
        cell: A closer place than the number: a spreadsheet's `Sales!B7`.
    """

    number: int
    reason: str
    row: str
    column: str | None = None
    value: str | None = None
    cell: str | None = None


@dataclass(frozen=True)
class Rows:
    """Some rows of a file.

    Attributes:
        names: The columns' names.
        columns: Their values: text, unless the file itself has types.
        numbers: int64, each row's line or number, from 1.
        bad: What cannot be taken of this part of the file.
        kinds: By column, the types that its values have in the file; None where all is text and has to be looked at.
    """

    names: Sequence[str]
    columns: Sequence[pa.Array]
    numbers: pa.Array
    bad: Sequence[Bad] = ()
    kinds: Mapping[str, set[str]] | None = field(default=None)


class FileFormat(Model):
    """How a file holds rows."""

    endings: ClassVar[tuple[str, ...]] = ()
    """What names of such files end with, before `.gz` and the like."""
    open_ended: ClassVar[bool] = False
    """Whether a row may lack columns, so that only the whole file tells which there are."""

    @property
    def dialect(self) -> Dialect:
        """How values are written as text."""
        return Dialect()

    @abstractmethod
    def read(self, file: InFile, declared: Mapping[str, str | None]) -> Iterator[Rows]:
        """Yield the file's rows in bounded memory, in their order; at least once, without rows, to tell the columns.

        Args:
            file: The file.
            declared: The columns that the spec declares, and their types.

        Raises:
            SourceError: It is not such a file, or not a whole one.
        """

    def arrow_schema(self, files: Sequence[InFile]) -> pa.Schema | None:
        """Return the types of all columns of all files, where the files themselves say them.

        Raises:
            SourceError: They contradict each other.
        """
        return None

    def row_text(self, row: Mapping[str, Any]) -> str:
        """Return a row as one text, for whoever looks at those that were rejected."""
        return json.dumps(row, ensure_ascii=False, default=str)


def shortened(value: str) -> str:
    """Return a value as messages show it: quoted, and not at any length."""
    text = repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 4] + "...'"
