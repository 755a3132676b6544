"""Which sensitive columns the result of a query carries: DuckDB's own parse tree, walked from the tables up.

Whatever is made of a column carries it, but for what only counts. Conditions do not carry: `WHERE email IS NOT NULL`
leaves other columns as they are. What the walk does not know it either takes for the worst or for nothing: a run must
not leak, and a check must not cry wolf.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scheduled_reports.spec.parse_tree import columns_in, has_star, name_of, only_counts, parts_of
from scheduled_reports.spec.relations import NOTHING, Carried, Relation, joined, union

ROWS_OF_ARGUMENTS = frozenset(("unnest", "range", "generate_series"))
"""Table functions that show nothing but what they are given; any other might read a table."""

NO_COLUMNS = frozenset((
    "current_catalog", "current_date", "current_schema", "current_time", "current_timestamp", "current_user",
    "localtime", "localtimestamp", "rowid", "session_user", "user",
))  # fmt: skip
"""Words that stand where a column could and are none, unless a table has such a column."""

SCHEMAS = frozenset(("main", "system", "pg_catalog"))

Tables = Mapping[str, Relation]


def result_of(tree: Any, tables: Tables, *, wary: bool) -> Relation:
    """Return what each column of a query's result carries.

    Args:
        tree: The statement, as DuckDB serializes it to JSON (`datasets/parser.py`).
        tables: What the columns of each table carry, by its name in lower case.
        wary: Whether what is not known carries all that the tables carry; else it carries nothing.
    """
    return _Walk(tables, wary).node(tree["node"], _Scope())


@dataclass(frozen=True)
class _Table:
    """A table of a FROM; `merged` are the columns that a join leaves to the tables before it, where a star stands."""

    name: str
    relation: Relation
    merged: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Scope:
    """What names mean at one place of a query: results of its WITH, its tables, and those of the query around it."""

    ctes: Mapping[str, Relation] = field(default_factory=dict)
    tables: tuple[_Table, ...] = ()
    aliases: Mapping[str, Carried] = field(default_factory=dict)
    bound: frozenset[str] = frozenset()
    outer: _Scope | None = None

    def inner(self) -> _Scope:
        return _Scope(self.ctes, outer=self)


class _Walk:
    def __init__(self, tables: Tables, wary: bool) -> None:
        self._tables, self._wary = tables, wary
        self._unknown = self._of(union(relation.everything for relation in tables.values()))

    def node(self, node: Any, scope: _Scope) -> Relation:
        """Return the columns that a query gives."""
        scope = self._with(node, scope)
        if node["type"] == "SELECT_NODE":
            scope = replace(scope, tables=tuple(self._from(node["from_table"], scope)))
            return self._selected(node["select_list"], scope)
        if node["type"] == "SET_OPERATION_NODE":
            sides = node.get("children") or [node["left"], node["right"]]
            by_name = "BY_NAME" in str(node.get("setop_type"))
            return self._either([self.node(side, scope) for side in sides], by_name=by_name)
        if node["type"] == "RECURSIVE_CTE_NODE":
            return self._recursive(node, scope)
        return Relation(rest=self._unknown)

    def _with(self, node: Any, scope: _Scope) -> _Scope:
        for entry in (node.get("cte_map") or {}).get("map", ()):
            told = entry["value"]
            query = told.get("query_node") or told["query"]["node"]
            found = self._named(self.node(query, scope), told.get("aliases"))
            scope = replace(scope, ctes={**scope.ctes, entry["key"].lower(): found})
        return scope

    def _named(self, found: Relation, names: Iterable[str] | None) -> Relation:
        """Return a table with other names for its first columns, as an alias `t(a, b)` gives them."""
        given = list(names or ())
        if given and (found.rest is not None or len(given) > len(found.columns)):
            return Relation(rest=self._of(found.everything))
        kept = [name for name, _ in found.columns[len(given) :]]
        burdens = [carried for _, carried in found.columns]
        return replace(found, columns=tuple(zip([*given, *kept], burdens, strict=True)))

    def _of(self, carried: Carried) -> Carried:
        """Return what may be carried by what nobody knows: all of it, or nothing."""
        return carried if self._wary else NOTHING

    def _recursive(self, node: Any, scope: _Scope) -> Relation:
        found, name = self.node(node["left"], scope), str(node["cte_name"]).lower()
        for _ in range(len(found.columns) + 2):  # each round carries a burden at least one column further
            again = replace(scope, ctes={**scope.ctes, name: found})
            wider = self._either([found, self.node(node["right"], again)], by_name=False)
            if wider == found:
                break
            found = wider
        return found

    def _either(self, sides: list[Relation], *, by_name: bool) -> Relation:
        """Return the columns of a UNION; EXCEPT and INTERSECT are taken for one."""
        first = sides[0]
        if by_name:
            names = dict.fromkeys(name for side in sides for name, _ in side.columns)
            columns = tuple((name, union(side.of(name) or NOTHING for side in sides)) for name in names)
            rests = [side.rest for side in sides if side.rest is not None]
            return Relation(columns, union(rests) if rests else None)
        if all(side.rest is None and len(side.columns) == len(first.columns) for side in sides):
            burdens = (union(carried) for carried in zip(*map(_burdens, sides), strict=True))
            return Relation(tuple(zip((name for name, _ in first.columns), burdens, strict=True)))
        others = self._of(union(side.everything for side in sides))
        return Relation(tuple((name, carried | others) for name, carried in first.columns), others)

    def _from(self, ref: Any, scope: _Scope) -> Iterator[_Table]:
        """Yield the tables that a FROM gives."""
        if ref["type"] == "JOIN":
            yield from self._join(ref, scope)
        elif ref["type"] != "EMPTY":
            own = ref.get("table_name") or (ref.get("function") or {}).get("function_name") or ""
            found = self._named(self._table(ref, str(own).lower(), scope), ref.get("column_name_alias"))
            yield _Table(str(ref.get("alias") or own), found)

    def _table(self, ref: Any, own: str, scope: _Scope) -> Relation:
        kind = ref["type"]
        if kind == "BASE_TABLE":
            cte = None if ref.get("schema_name") else scope.ctes.get(own)  # main.x is the table, whatever WITH calls x
            return cte or self._tables.get(own) or Relation(rest=self._unknown)
        if kind == "SUBQUERY":
            return self.node(ref["subquery"]["node"], scope.inner())
        if kind == "TABLE_FUNCTION" and own in ROWS_OF_ARGUMENTS:
            return Relation(rest=self.carried(ref["function"], scope))
        if kind == "EXPRESSION_LIST":
            return Relation(rest=self.carried(ref["values"], scope))
        return Relation(rest=self._unknown)

    def _join(self, ref: Any, scope: _Scope) -> Iterator[_Table]:
        left = list(self._from(ref["left"], scope))
        right = list(self._from(ref["right"], replace(scope, tables=(*scope.tables, *left))))  # it may be LATERAL
        names = ref.get("using_columns") or ()
        if ref.get("ref_type") == "NATURAL":
            names = {name for table in left for name, _ in table.relation.columns}
        merged = tuple(str(name).lower() for name in names)
        more = {name: union(table.relation.of(name) or NOTHING for table in right) for name in merged}
        yield from (replace(table, relation=table.relation.burdened(more)) for table in left)
        if ref.get("join_type") not in {"SEMI", "ANTI"}:
            yield from (replace(table, merged=(*table.merged, *merged)) for table in right)

    def _selected(self, items: list[Any], scope: _Scope) -> Relation:
        parts = []
        for item in items:
            part = self._item(item, scope)
            scope = replace(scope, aliases={**scope.aliases, **{name.lower(): found for name, found in part.columns}})
            parts.append(part)
        return joined(parts)

    def _item(self, item: Any, scope: _Scope) -> Relation:
        """Return the columns that one entry of a SELECT gives: most give one, a star gives many."""
        if item["class"] == "STAR" and not item.get("columns") and not item.get("expr"):
            return self._star(item, scope)
        if has_star(item):  # COLUMNS('…'), * LIKE '…': who knows which, and how many
            return Relation(rest=self._of(union(table.relation.everything for table in scope.tables)))
        if str(item.get("function_name")).lower() == "unnest":  # of a struct it gives a column for each field
            return Relation(rest=self.carried(item, scope))
        if item["class"] == "POSITIONAL_REFERENCE":
            name, carried = self._at(item["index"], scope)
            return Relation(((item.get("alias") or name, carried),))
        name = item.get("alias") or (item["column_names"][-1] if item["class"] == "COLUMN_REF" else "")
        return Relation(((name, self.carried(item, scope)),))

    def _star(self, item: Any, scope: _Scope) -> Relation:
        only = str(item.get("relation_name") or "").lower()
        tables = [table for table in scope.tables if not only or table.name.lower() == only]
        if not tables:
            return Relation(rest=self._unknown)
        excluded = [
            name_of(entry) for entry in (*item.get("exclude_list", ()), *item.get("qualified_exclude_list", ()))
        ]
        found = joined(
            table.relation.without(
                [name for of, name in excluded if of in {"", table.name.lower()}] + list(() if only else table.merged)
            )
            for table in tables
        )
        replaced = {name_of(entry["key"])[1].lower(): self.carried(entry["value"], scope)
                    for entry in item.get("replace_list", ())}  # fmt: skip
        renamed = {name_of(entry["key"])[1].lower(): str(entry["value"]) for entry in item.get("rename_list", ())}
        columns = ((renamed.get(name.lower(), name), replaced.get(name.lower(), own)) for name, own in found.columns)
        return replace(found, columns=tuple(columns))

    def carried(self, part: Any, scope: _Scope) -> Carried:
        """Return what the value of an expression carries."""
        if isinstance(part, list):
            return union(self.carried(entry, scope) for entry in part)
        if not isinstance(part, dict):
            return NOTHING
        kind = part.get("class")
        if kind in {"COLUMN_REF", "POSITIONAL_REFERENCE"}:
            names = [str(name) for name in part.get("column_names", ())]
            return self._column(names, scope) if names else self._at(part["index"], scope)[1]
        if kind == "STAR":
            return self._star({**part, "replace_list": ()}, scope).everything
        if kind == "LAMBDA" and part.get("syntax_type") != "SINGLE_ARROW":  # of JSON, `x -> 'a'` is a part of x
            scope = replace(scope, bound=scope.bound | columns_in(part["lhs"]))
        if isinstance(part.get("node"), dict):
            return self.node(part["node"], scope.inner()).everything
        return self._called(part, scope) | self.carried(parts_of(part), scope)

    def _called(self, part: Any, scope: _Scope) -> Carried:
        """Return what a function is called on: DuckDB reads the column in `email.upper()` as a schema."""
        path = [str(part[key]) for key in ("catalog", "schema") if part.get(key)]
        if part.get("class") not in {"FUNCTION", "WINDOW"} or only_counts(part) or not path:
            return NOTHING
        return self._column(path, scope)

    def _column(self, names: list[str], scope: _Scope) -> Carried:
        """Return what a column carries: in this query or in one around it."""
        names = [name.lower() for name in (names[1:] if len(names) > 2 and names[0].lower() == "main" else names)]
        if names == [names[0]] and names[0] in scope.bound:  # in x.a, a table x goes before the x of a lambda
            return NOTHING
        place: _Scope | None = scope
        while place is not None:
            if (found := self._here(names, place)) is not None:
                return found
            place = place.outer
        known = names[-1] in NO_COLUMNS or names[0] in scope.bound or SCHEMAS.issuperset(names)
        return NOTHING if known else self._unknown

    def _at(self, place: int, scope: _Scope) -> tuple[str, Carried]:
        """Return name and burden of the column that `#place` means: counted through the tables, from 1."""
        found = joined(table.relation for table in scope.tables)
        sure = len(scope.tables) == 1 and found.rest is None and 0 < place <= len(found.columns)
        return found.columns[place - 1] if sure else ("", self._of(found.everything))

    def _here(self, names: list[str], scope: _Scope) -> Carried | None:
        named = [table.relation for table in scope.tables if table.name.lower() == names[0]]
        if named and len(names) > 1:
            found = [carried for relation in named if (carried := relation.of(names[1])) is not None]
        else:
            relations = (table.relation for table in scope.tables)
            found = [carried for relation in relations if (carried := relation.of(names[0])) is not None]
        if found:
            return union(found)
        if named:  # the row as a whole
            return union(relation.everything for relation in named)
        unnamed = (carried for table in scope.tables for name, carried in table.relation.columns if not name)
        found = [*unnamed, *([scope.aliases[names[0]]] if names[0] in scope.aliases else [])]
        return union(found) if names[0] in scope.aliases or union(found) else None


def _burdens(relation: Relation) -> list[Carried]:
    return [carried for _, carried in relation.columns]
