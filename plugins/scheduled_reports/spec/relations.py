"""What the columns of a table are made of, as far as that matters: which sensitive columns they carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, order=True)
class Origin:
    """A sensitive column of a source.

    Attributes:
        source: The source's name.
        column: The column's.
        through: The datasets that it went through, the first first.
    """

    source: str
    column: str
    through: tuple[str, ...] = ()


Carried = frozenset[Origin]
NOTHING: Carried = frozenset()


@dataclass(frozen=True)
class Relation:
    """A table's columns, and what each carries.

    Attributes:
        columns: Name and burden of each column, in order; a name is empty where it is not known.
        rest: What any other column may carry; None where it has no others, so that the order is sure.
    """

    columns: tuple[tuple[str, Carried], ...] = ()
    rest: Carried | None = None

    @property
    def everything(self) -> Carried:
        """What all its columns carry."""
        return union((*(carried for _, carried in self.columns), self.rest or NOTHING))

    def of(self, name: str) -> Carried | None:
        """Return what a column carries; None where there is no such column."""
        found = [carried for known, carried in self.columns if known.lower() == name.lower()]
        return union(found) if found else self.rest

    def without(self, names: Iterable[str]) -> Relation:
        """Return it without some columns."""
        gone = {name.lower() for name in names}
        return replace(self, columns=tuple(entry for entry in self.columns if entry[0].lower() not in gone))

    def burdened(self, more: Mapping[str, Carried]) -> Relation:
        """Return it with some columns, named in lower case, carrying more."""
        columns = tuple((name, carried | more.get(name.lower(), NOTHING)) for name, carried in self.columns)
        return replace(self, columns=columns)

    def through(self, dataset: str) -> Relation:
        """Return it as what a dataset gives."""
        columns = tuple((name, _through(carried, dataset)) for name, carried in self.columns)
        return Relation(columns, None if self.rest is None else _through(self.rest, dataset))


def union(burdens: Iterable[Carried]) -> Carried:
    """Return what several columns carry together."""
    return NOTHING.union(*burdens)


def joined(relations: Iterable[Relation]) -> Relation:
    """Return the columns of several tables side by side."""
    parts = list(relations)
    rests = [part.rest for part in parts if part.rest is not None]
    return Relation(tuple(entry for part in parts for entry in part.columns), union(rests) if rests else None)


def _through(carried: Carried, dataset: str) -> Carried:
    return frozenset(replace(origin, through=(*origin.through, dataset)) for origin in carried)
