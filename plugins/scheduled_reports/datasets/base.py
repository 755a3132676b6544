"""What every kind of dataset offers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from scheduled_reports.model import Model
from scheduled_reports.spec.marks import Finding, Loc, marked

if TYPE_CHECKING:
    from scheduled_reports.run import Run
    from scheduled_reports.tables import Tables


@dataclass(frozen=True)
class Fault:
    """What is wrong with a dataset, as far as can be seen without making it.

    Attributes:
        loc: Where in the dataset.
        message: What is wrong, continuing its name: "cannot be parsed".
        hint: What is allowed, or what to do; may be empty.
        text: The text that stands at `loc`, or in `path`.
        offset: Where in `text` it is wrong, from 0; None where that is not known.
        path: The file that `loc` names, where the fault is in there.
    """

    loc: Loc
    message: str
    hint: str = ""
    text: str = ""
    offset: int | None = None
    path: Path | None = None


def query_faults(
    sql: str, known: Collection[str], whose: str, loc: Loc = ("sql",), path: Path | None = None
) -> Iterator[Fault]:
    """Yield what DuckDB's parser says of a query, and tables in it that there are not.

    Args:
        sql: The query.
        known: The names of all tables.
        whose: Whose dialect it is; the hint where it cannot be parsed.
        loc: Where it stands, or its file is named.
        path: Its file, where it has one.
    """
    from scheduled_reports.datasets.parser import parsed
    from scheduled_reports.datasets.select import unknown_tables

    found = parsed(sql)
    if found.fault:
        yield Fault(loc, f"the SQL {found.fault}", whose, sql, found.offset, path)
    for message, hint, offset in unknown_tables(found, known):
        yield Fault(loc, message, hint, sql, offset, path)


def expression_faults(part: Any, known: Collection[str], hint: str, loc: Loc = ()) -> Iterator[Fault]:
    """Yield SQL of a part of a spec that is not one expression, DuckDB's, and tables in it that there are not.

    Args:
        part: The part; its fields say which of them are SQL.
        known: The names of all tables.
        hint: What to write.
        loc: Where it stands.
    """
    from scheduled_reports.datasets.parser import parsed_expression
    from scheduled_reports.datasets.select import unknown_tables

    for here, text in ((here, text) for here, mark, text in marked(part, loc) if mark.kind == "sql"):
        found = parsed_expression(text)
        if found.fault:
            yield Fault(here, f"{text!r} {found.fault}", hint, text, found.offset)
        for message, near, offset in unknown_tables(found, known):
            yield Fault(here, message, near, text, offset)


class Dataset(Model):
    """A table made of the report's sources and of other datasets."""

    description: str = Field("", description="What one row is.")

    def tables(self, name: str) -> tuple[str, ...]:
        """Return the names of the tables that the dataset `name` makes: its own first."""
        return (name,)

    @abstractmethod
    def reads(self, known: Collection[str], include: Path) -> set[str]:
        """Return which of the tables `known` it is made of; `include` is the folder beside the specs.

        Raises:
            ReportError: Its SQL cannot be parsed.
            OSError: Its file cannot be read.
        """

    def may_read(self, known: Collection[str], include: Path) -> set[str]:
        """Return at least what `reads` returns, without a heavy import: enough to know that there is no circle."""
        return self.reads(known, include)

    def findings(self, include: Path) -> Iterator[Finding]:
        """Yield what is wrong with it, at places in the dataset, as far as that is seen without a heavy import."""
        yield from ()

    def faults(self, known: Collection[str], binds: Collection[str], include: Path) -> Iterator[Fault]:
        """Yield what is wrong with it and is seen only by heavy imports; what else is, loading a spec tells.

        Args:
            known: The names of all tables.
            binds: The names of all values that a run has.
            include: The folder beside the specs.
        """
        yield from ()

    def shown(self, include: Path) -> str:
        """Return the SQL that makes it, or a comment of SQL where there is none."""
        return "-- made without SQL"

    @abstractmethod
    def make(self, run: Run, name: str, tables: Tables, target: Path) -> None:
        """Write all rows as one Parquet file at `target`, in bounded memory; its other tables go beside it.

        Args:
            run: The run; its `binds()` are the query's values.
            name: What the spec calls this dataset, for messages.
            tables: The tables made so far; all that `reads` returned are among them.
            target: The file to write; its folder exists. Nobody reads it when this raises.

        Raises:
            SourceError: It could not be made.
        """
