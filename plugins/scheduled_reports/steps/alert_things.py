"""The things that are alarming in a table: products below their reorder level."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from scheduled_reports.editions import editions
from scheduled_reports.errors import CheckError
from scheduled_reports.judgement.alert import AlertKeys
from scheduled_reports.run import Run
from scheduled_reports.sensitive import carried_in
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.tables import Tables

MOST = 1000
"""How many things an alert may be about at a time: each is noted in the ledger in every run."""

_PART_LENGTH = 500
_NAME_LENGTH = 60


@dataclass(frozen=True)
class Thing:
    """One thing that is alarming.

    Attributes:
        part: By what the ledger knows it.
        name: What readers call it; empty where it may not be named to all of them.
    """

    part: str
    name: str


@dataclass(frozen=True)
class Alarming:
    """What is alarming in a run.

    Attributes:
        things: The things that are, in the order of their table; one without a name where it is about none.
        reason: Why, or why not, in words.
        of_things: Whether it is about things, each with a state of its own.
    """

    things: tuple[Thing, ...]
    reason: str
    of_things: bool


def things_in(run: Run, keys: AlertKeys, tables: Tables) -> Alarming:
    """Return the things in an alert's table, in the order in which they first stand there.

    They are not named where a key is sensitive, or where masks leave readers different data.

    Raises:
        CheckError: The table lacks a column, or names more than 1,000 things.
        SourceError: The table is not there.
    """
    known = tables.columns(keys.dataset)
    for column in keys.columns:
        if column not in known:
            raise CheckError(f"the alert's table {keys.dataset} has no column {column!r}",
                             fix=did_you_mean(column, known))  # fmt: skip
    found = _distinct(tables, keys)
    if len(found) > MOST:
        raise CheckError(
            f"the alert's table {keys.dataset} names more than {MOST:,} things by {', '.join(keys.columns)}",
            why="each is noted in every run, to know what is new",
            fix="let the table have fewer rows, name columns with fewer values, or use `when` in place of `keys`",
        )
    hidden = set(keys.columns) & set(carried_in(run, tables).get(keys.dataset, ()))
    named = not hidden and len(editions(run.report)) == 1
    things = tuple(Thing(_part(values, secret=bool(hidden)), _name(values) if named else "") for values in found)
    count = f"{len(things):,} in all" if things else f"{keys.dataset} has no row for {run.period.label}"
    return Alarming(things, count, of_things=True)


def _distinct(tables: Tables, keys: AlertKeys) -> list[tuple[str | None, ...]]:
    """Return the distinct keys as text, one more than there may be at most."""
    columns = [f'CAST("{column.replace(chr(34), chr(34) * 2)}" AS VARCHAR)' for column in keys.columns]
    listed = ", ".join(f"{column} AS k{number}" for number, column in enumerate(columns))
    names = ", ".join(f"k{number}" for number in range(len(columns)))
    sql = (
        f'SELECT {names} FROM (SELECT {listed}, row_number() OVER () AS n FROM "{keys.dataset}") '
        f"GROUP BY {names} ORDER BY min(n) LIMIT {MOST + 1}"
    )
    with tables.query(sql, {}, f"the alert's table {keys.dataset}") as reader:
        return [tuple(row.values()) for row in reader.read_all().to_pylist()]


def _part(values: tuple[str | None, ...], *, secret: bool) -> str:
    """Return a key as the ledger has it: a JSON list, so that no two are the same; a digest where it is long or secret.

    SHA-256 (FIPS 180-4).
    """
    text = json.dumps(values, ensure_ascii=False)
    if not secret and len(text) <= _PART_LENGTH:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _name(values: tuple[str | None, ...]) -> str:
    """Return what readers call a thing: on one line, and short."""
    shown = " / ".join("(empty)" if value is None else " ".join(value.split()) or "(empty)" for value in values)
    text = "".join(letter if letter.isprintable() else "�" for letter in shown)
    return text if len(text) <= _NAME_LENGTH else f"{text[: _NAME_LENGTH - 1]}…"
