"""Write the SQL of a dataset that is declared in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from scheduled_reports.datasets.parser import words_to_quote

if TYPE_CHECKING:
    from scheduled_reports.datasets.query import QueryDataset

_INDENT = "    "


def written(query: QueryDataset) -> str:
    """Return the SELECT or PIVOT of DuckDB that a query means, one clause a line."""
    lines = list(_pivoted(query) if query.pivot else _selected(query))
    return "\n".join((*lines, *_sorted(query), *([f"LIMIT {query.limit}"] if query.limit is not None else [])))


def named(name: str) -> str:
    """Return a name as SQL writes it: in quotes where it needs them."""
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in words_to_quote()
    return name if plain else '"' + name.replace('"', '""') + '"'


def _selected(query: QueryDataset) -> Iterator[str]:
    dimensions = [(entry.name, entry.expression or named(entry.name)) for entry in query.dimensions()]
    columns = [*dimensions, *query.metrics.items()]
    if columns:
        yield "SELECT"
        yield from _indented(_listed(_column(name, expression) for name, expression in columns))
    else:
        yield "SELECT *"
    yield f"FROM {named(query.from_)}"
    for join in query.join:
        yield f"{join.type.upper()} JOIN {named(join.table)} USING ({', '.join(map(named, join.on))})"
    for place, condition in enumerate(query.filter):
        one = _ended(condition) if len(query.filter) == 1 else f"({_ended(condition)})"
        yield f"{'  AND' if place else 'WHERE'} {one}"
    if dimensions:  # by place: a name could be that of a column of the table, too
        yield f"GROUP BY {', '.join(str(place) for place, _ in enumerate(dimensions, start=1))}"


def _pivoted(query: QueryDataset) -> Iterator[str]:
    *rows, on = query.dimensions()
    values = query.pivot.values if query.pivot else ()
    cells = [(f"any_value({named(name)})", name) for name in query.metrics]  # each is of one row
    yield "PIVOT ("
    yield from _indented(_selected(query))
    yield ")"
    yield f"ON {named(on.name)}" + (f" IN ({', '.join(map(_literal, values))})" if values else "")
    yield "USING " + ", ".join(cell if len(cells) == 1 else f"{cell} AS {named(name)}" for cell, name in cells)
    if rows:
        yield f"GROUP BY {', '.join(named(entry.name) for entry in rows)}"


def _sorted(query: QueryDataset) -> Iterator[str]:
    known = query.columns() or ()
    wanted = {entry if entry in known else entry.removeprefix("-"): entry not in known and entry.startswith("-")
              for entry in query.sort}  # fmt: skip
    rows = query.dimensions()[: -1 if query.pivot else None]
    wanted |= {entry.name: False for entry in rows if entry.name not in wanted}
    if wanted:
        yield "ORDER BY " + ", ".join(named(name) + (" DESC" if down else "") for name, down in wanted.items())


def _column(name: str, expression: str) -> str:
    return named(name) if expression == named(name) else f"{_ended(expression)} AS {named(name)}"


def _ended(expression: str) -> str:
    """Return an expression such that SQL may follow: a comment in its last line would swallow that."""
    expression = expression.strip()
    return f"{expression}\n" if "--" in expression.rpartition("\n")[2] else expression


def _literal(value: str | int | bool) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower()


def _listed(parts: Iterable[str]) -> Iterator[str]:
    parts = list(parts)
    yield from (f"{part}," for part in parts[:-1])
    yield parts[-1]


def _indented(lines: Iterable[str]) -> Iterator[str]:
    yield from (_INDENT + line for line in lines)  # not the lines in one, which may be within quotes
