"""What every kind of block offers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from scheduled_reports.document.run_data import RunData
from scheduled_reports.errors import DocumentError
from scheduled_reports.language import ENGLISH, Language
from scheduled_reports.model import Model
from scheduled_reports.shown import Shown
from scheduled_reports.spec.marks import Loc, Sql, TableName, marked
from scheduled_reports.spec.places import path_text
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.spec.sql import quoted, without_end
from scheduled_reports.tables import Tables
from scheduled_reports.templates import data_used, fill


@dataclass(frozen=True)
class Bound:
    """A block with its data: what formats read. `kind` names it for their templates."""

    kind = ""


@dataclass(frozen=True)
class Binding:
    """What blocks are bound to.

    Attributes:
        tables: The run's tables.
        words: The words that templates may use.
        language: The language of the report.
        include: The folder with what authors keep beside their specs.
        values: The values that SQL binds.
        masked: Whether a column of the report is masked for some readers, who see words in place of its numbers.
        place: The place in the spec of what is bound.
    """

    tables: Tables
    words: Mapping[str, Any]
    language: Language = ENGLISH
    include: Path = field(default_factory=Path)
    values: Mapping[str, Any] = field(default_factory=dict)
    masked: bool = False
    place: Loc = ()

    def fill(self, text: str, *, markdown: bool = False) -> str:
        """Return a text of the content with its templates filled; they may use the run's data.

        Raises:
            SpecError: It is not valid.
            SourceError: The data that it names is not there.
        """
        words = {**self.words, "data": RunData(self.tables), "language": self.language}
        return fill(text, words, markdown=markdown)

    @property
    def zone(self) -> ZoneInfo:
        """The schedule's time zone."""
        return ZoneInfo(self.words["schedule"]["timezone"])


class RowsOf(Model):
    """Rows on which something depends."""

    dataset: TableName = Field(description="A source or dataset of this report.")
    where: Sql | None = Field(None, description="SQL condition on its rows: `late > 0`. May use bind values.")


def _rows_of(given: Any) -> Any:
    return {"dataset": given} if isinstance(given, str) else given


class Block(Model):
    """One part of a report's content, before it has data."""

    only_if: Annotated[RowsOf | None, BeforeValidator(_rows_of, json_schema_input_type=RowsOf | str | None)] = Field(
        None,
        description="Shown only where this dataset has a row, or one that fits: `{dataset: calls, where: late > 0}`.",
    )

    def is_shown(self, data: Binding) -> bool:
        """Return whether the rows are there on which it depends.

        Raises:
            SourceError: The condition is not one that the dataset can be asked.
        """
        if self.only_if is None:
            return True
        sql = f"SELECT 1 FROM {quoted(self.only_if.dataset)}"
        sql += f" WHERE {without_end(self.only_if.where)}\n" if self.only_if.where else ""
        with data.tables.query(f"{sql} LIMIT 1", data.values, f"only_if over {self.only_if.dataset!r}") as reader:
            return any(batch.num_rows for batch in reader)

    def shows(self) -> Iterator[Shown]:
        """Yield what of which tables becomes a part of the report's files."""
        yield from self.tables_shown()
        for _, mark, text in marked(self):
            if mark.kind == "content":
                yield from (Shown(table, (column,) if column else None) for table, column in data_used(text))

    def tables_shown(self) -> Iterator[Shown]:
        """Yield what is shown of tables, beside what its texts use."""
        for loc, mark, name in marked(self):
            if mark.kind == "table" and loc[0] != "only_if":
                yield Shown(name)

    def inner(self) -> tuple[Block, ...]:
        """Return the blocks within it."""
        return ()

    def is_empty(self, tables: Tables, *, beside_nothing: bool = False) -> bool | None:
        """Return whether it has nothing to show; None where that says nothing about the report, as of a heading.

        Args:
            tables: The run's tables.
            beside_nothing: Whether all else in the report is empty: then a figure of zero says no more.
        """
        return None

    @abstractmethod
    def bind(self, data: Binding) -> Bound:
        """Return the block with its data.

        Raises:
            DocumentError: The block does not fit the data.
        """


def all_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks and the blocks within them, from top to bottom."""
    for block in blocks:
        yield block
        yield from all_blocks(block.inner())


def bind_all(blocks: Iterable[Block], data: Binding, key: str) -> Iterator[Bound]:
    """Yield those blocks with their data that are shown.

    Args:
        blocks: The blocks, from top to bottom.
        data: What they are bound to.
        key: The key of the spec, or of the block around them, that lists them.

    Raises:
        DocumentError: A block does not fit the data; it says which one: `content[3]`.
        SourceError: The condition of one is not one that its dataset can be asked.
    """
    for index, block in enumerate(blocks):
        here = replace(data, place=(*data.place, key, index))
        if block.is_shown(here):
            yield _bound(block, here)


def _bound(block: Block, data: Binding) -> Bound:
    try:
        return block.bind(data)
    except DocumentError as error:
        if block.inner():  # it is one of these, and has said so
            raise
        raise DocumentError(f"{path_text(data.place)}: {error.what}", why=error.why, fix=error.fix) from error


def called(kind: str, title: str, dataset: str) -> str:
    """Return what a block is, for errors: `table 'Calls' over 'calls'`."""
    return f"{kind} {title!r} over {dataset!r}" if title else f"{kind} over {dataset!r}"


def require_columns(wanted: list[str], present: list[str], what: str) -> None:
    """Raise DocumentError when `what` names a column that its data lacks."""
    for name in wanted:
        if name not in present:
            raise DocumentError(f"{what}: there is no column {name!r}", why=did_you_mean(name, present),
                                fix="correct the name in `content`, or add the column to the query")  # fmt: skip


def written(language: Language, value: Any, pattern: str | None, what: str) -> str:
    """Return `value` as readers see it; raise DocumentError when the pattern that `what` gives does not fit."""
    try:
        return language.shown(value, pattern)
    except ValueError as error:
        raise DocumentError(f"{what} cannot be shown as {pattern!r}", why=str(error),
                            fix="correct its `format`, for example '#,##0.00' or 'yyyy-MM-dd'") from error  # fmt: skip
