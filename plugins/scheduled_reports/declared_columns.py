"""Hold a source to the columns that its spec declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from scheduled_reports.column_casts import REFUSALS, cast, kind_of, may_become
from scheduled_reports.column_types import ColumnType, arrow_type
from scheduled_reports.columns import Column
from scheduled_reports.errors import SourceError
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa

FIX = "correct the type in `columns`, or convert it where the data comes from, with CAST in a query"


@dataclass(frozen=True)
class DeclaredColumns:
    """What a spec declares of a source's columns, held against what the source has.

    Attributes:
        given: The source's own columns.
        declared: What the spec says of some of them, by name.
        what: Names the source and the place of a column in the spec, for messages.
    """

    given: pa.Schema
    declared: Mapping[str, Column]
    what: Callable[[str], str]

    def require(self) -> None:
        """Raise SourceError where a declared column is missing, or has a type that cannot become the declared one."""
        for name in self.declared:
            if name not in self.given.names:
                raise SourceError(f"{self.what(name)} has no column {name!r}", why=did_you_mean(name, self.given.names),
                                  fix="correct `columns`, or have the source give that column")  # fmt: skip
        for name, declared in self._differing.items():
            kind = kind_of(self.given.field(name).type)
            if not may_become(kind, declared):
                why = REFUSALS.get((kind, declared.partition("(")[0]), "one does not become the other without guessing")
                raise SourceError(self._conflict(name), why=why, fix=FIX)

    @property
    def fit(self) -> bool:
        """Whether every column has the declared type already."""
        return not self._differing

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns with their declared types."""
        import pyarrow as pa

        fields = (
            pa.field(field.name, arrow_type(self._differing[field.name])) if field.name in self._differing else field
            for field in self.given
        )
        return pa.schema(fields)

    def batches(self, given: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the source's rows with the declared types.

        Raises:
            SourceError: A value does not fit; it names the row, counted from 1, and the value unless it is hidden.
        """
        import pyarrow as pa

        first = 1
        for batch in given:
            columns = [
                self._cast(name, column, first) if name in self._differing else column
                for name, column in zip(self.given.names, batch.columns, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=self.schema)
            first += batch.num_rows

    @cached_property
    def _differing(self) -> dict[str, ColumnType]:
        types = {name: column.type for name, column in self.declared.items() if column.type is not None}
        return {
            name: declared
            for name, declared in types.items()
            if name in self.given.names and self.given.field(name).type != arrow_type(declared)
        }

    def _cast(self, name: str, column: pa.Array, first: int) -> pa.Array:
        declared = self._differing[name]
        try:
            return cast(column, declared)
        except ValueError:
            at = _first_that_fails(column, declared)
        raise SourceError(self._conflict(name), why=f"row {first + at:,} holds {self._shown(name, column[at])}",
                          fix=FIX)  # fmt: skip

    def _shown(self, name: str, value: pa.Scalar) -> str:
        if self.declared[name].hidden:
            return "one that does not fit (it is not shown, as the column is masked or sensitive)"
        found = value.as_py()
        text = repr(found) if isinstance(found, str) else str(found)
        return text if len(text) <= 80 else text[:77] + "..."

    def _conflict(self, name: str) -> str:
        kind = kind_of(self.given.field(name).type)
        return f"{self.what(name)}: column {name!r} is {kind}, declared as {self.declared[name].type}"


def _first_that_fails(column: pa.Array, declared: ColumnType) -> int:
    """Return the position of the first value that does not fit, found by halving."""
    good, bad = 0, len(column)  # the first `good` values fit, the first `bad` do not
    while bad - good > 1:
        middle = (good + bad) // 2
        try:
            cast(column.slice(good, middle - good), declared)
        except ValueError:
            bad = middle
        else:
            good = middle
    return good
