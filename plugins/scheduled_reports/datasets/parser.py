"""What DuckDB's own parser makes of a query, without running it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

from scheduled_reports.spec.sql import for_parser

_OURS = frozenset(("main", "memory"))
"""The schema and the database that the tables of a run are in."""

_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_ON = re.compile(r"\bON\b", re.IGNORECASE)
_BEHIND_ON = re.compile(r"[()]|\b(?:USING|GROUP|ORDER|LIMIT|UNION|EXCEPT|INTERSECT)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Parsed:
    """A query, as the parser sees it.

    Attributes:
        tables: Every table that it reads, as written, and where in the text; None where that is not known.
        fault: What is wrong with it, continuing "it …"; empty where nothing is. With a `tree`, it parses, and must not
            run: what it reads cannot be known before.
        offset: Where in the text the fault is, from 0; None where that is not known.
        tree: Its statement, as DuckDB serializes it; empty where it cannot be parsed, or where DuckDB cannot.
    """

    tables: Mapping[str, int | None] = field(default_factory=dict)
    fault: str = ""
    offset: int | None = None
    tree: tuple[Any, ...] = ()


@lru_cache(maxsize=1024)
def parsed(sql: str) -> Parsed:
    """Parse DuckDB's SQL with `:name` bind values; nothing is executed, and no table need exist."""
    text = for_parser(sql)
    answer = _serialized(text)
    if answer["error"] and answer["error_type"] == "parser":
        place = answer.get("position")
        return Parsed(fault=f"cannot be parsed: {answer['error_message']}", offset=_characters(text, place))
    if answer["error"]:
        kinds = statement_kinds(text)
        if kinds not in (["SELECT"], ["MULTI"]):
            return Parsed(fault=_not_one_select(kinds))
        text = _static(text)
        answer = _serialized(text)
        if answer["error"]:
            return Parsed()
    statements = answer.get("statements", [])
    if len(statements) != 1:
        return Parsed(fault=_not_one_select(["SELECT"] * len(statements)))
    changed = next(
        (place for place, (was, now) in enumerate(zip(for_parser(sql), text, strict=False)) if was != now), None
    )
    found = {name: _characters(text[:changed], place) for name, place in _tables(statements, frozenset())}
    unforeseeable = _unforeseeable(statements) if "query" in text.lower() else ""
    return Parsed(found, unforeseeable, tree=tuple(statements))


def parsed_expression(sql: str) -> Parsed:
    """Parse what is to be one expression of DuckDB's SQL: `count(*) FILTER (sold)`."""
    before = "SELECT "
    found = parsed(before + sql)
    tables = {name: _behind(place, before) for name, place in found.tables.items()}
    found = replace(found, tables=tables, offset=_behind(found.offset, before))
    if not found.tree:
        return found
    node = found.tree[0]["node"]
    parts = node.get("select_list", ())
    lone = node["type"] == "SELECT_NODE" and len(parts) == 1 and not parts[0]["alias"]
    bare = lone and not node["modifiers"] and node["from_table"]["type"] == "EMPTY" and not node["where_clause"]
    return found if bare or found.fault else Parsed(fault="is not one expression")


def _behind(place: int | None, before: str) -> int | None:
    return None if place is None else max(place - len(before), 0)


def statement_kinds(text: str) -> list[str]:
    """Return what kind each statement of a text is, none where it cannot be parsed.

    PIVOT is MULTI, as DuckDB makes several of it.
    """
    import duckdb

    try:
        statements = _connection(os.getpid()).extract_statements(text)
    except duckdb.Error:
        return []
    return [statement.type.name for statement in statements]


@cache
def words_to_quote() -> frozenset[str]:
    """Return the words of SQL that name a column or a table only in quotes."""
    query = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'"
    return frozenset(word for (word,) in _connection(os.getpid()).cursor().execute(query).fetchall())


@cache
def _connection(_: int) -> Any:
    """Return this process's connection, as one takes 15 ms to make; a forked process cannot use its parent's."""
    import duckdb

    return duckdb.connect(config={"threads": 1})


def _serialized(text: str) -> Any:
    cursor = _connection(os.getpid()).cursor()
    return json.loads(cursor.execute("SELECT json_serialize_sql(?)", [text]).fetchone()[0])


def _not_one_select(kinds: list[str]) -> str:
    return f"is not one SELECT: it is {' and '.join(kinds) or 'empty'}"


def _characters(text: str, octets: str | int | None) -> int | None:
    """Return a place in a text that DuckDB counts in bytes of UTF-8 as one in characters; None where it has none."""
    whole = text.encode()
    place = len(whole) + 1 if octets is None else int(octets)  # DuckDB writes a huge number for what it does not know
    return len(whole[:place].decode(errors="ignore")) if place <= len(whole) else None


def _static(text: str) -> str:
    """Return a PIVOT whose ON is a part of its USING: DuckDB shows the tree of no PIVOT that looks for its columns.

    In `PIVOT a JOIN b ON x ON y` only the last one can be, and what still parses is right.
    """
    for match in reversed(list(_ON.finditer(_blanked(text)))):
        behind = _behind_on(_blanked(text), match.end())
        rest = text[behind:]
        rest = f", {rest[5:]}" if rest[:5].upper() == "USING" else rest
        changed = f"{text[: match.start()]}USING{text[match.end() : behind]}{rest}"
        text = changed if statement_kinds(changed) else text
    return text


def _blanked(text: str) -> str:
    return _QUOTED.sub(lambda match: " " * len(match[0]), text)


def _behind_on(plain: str, start: int) -> int:
    depth = 0
    for match in _BEHIND_ON.finditer(plain, start):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth < 0 or (depth == 0 and match[0] not in "()"):
            return match.start()
    return len(plain)


def _tables(node: Any, ctes: frozenset[str]) -> Iterator[tuple[str, int | None]]:
    """Yield the tables that a part of the tree reads; names in `ctes` are those of its own WITH."""
    if isinstance(node, dict):
        ctes |= {str(node["cte_name"]).lower()} if node.get("cte_name") else set()  # a recursive one reads itself
        for entry in node.get("cte_map", {}).get("map", ()):
            yield from _tables(entry["value"], ctes)
            ctes |= {entry["key"].lower()}
        yield from _named(node, ctes)
        node = [part for key, part in node.items() if key != "cte_map"]
    for part in node:
        if isinstance(part, dict | list):
            yield from _tables(part, ctes)


def _unforeseeable(part: Any) -> str:
    """Return why nobody can say which tables a query reads before it runs; empty where they are named in it."""
    if isinstance(part, list):
        return next(filter(None, map(_unforeseeable, part)), "")
    if not isinstance(part, dict):
        return ""
    if part.get("type") == "TABLE_FUNCTION":
        name = str(part["function"].get("function_name")).lower()
        plain = all(_is_text(argument["expression"]) for argument in part["function"].get("arguments", ()))
        if name == "query" or (name == "query_table" and not plain):
            return f"calls {name}() on what only its run can tell: nobody knows beforehand which tables it reads"
    return _unforeseeable(list(part.values()))


def _is_text(part: Any) -> bool:
    """Return whether an expression is a text as it stands, a list of them, or true or false."""
    if part.get("function_name") == "list_value":
        return all(_is_text(argument["expression"]) for argument in part["arguments"])
    return (part.get("literal") or {}).get("kind") in {"STRING", "BOOLEAN"}


def _named(node: dict[str, Any], ctes: frozenset[str]) -> Iterator[tuple[str, int | None]]:
    """Yield the tables that this part itself names."""
    kind, place = node.get("type"), node.get("query_location")
    shown = kind == "SHOW_REF" and node["show_type"] != "SHOW_SPECIAL" and node["query"] is None
    if (kind == "BASE_TABLE" or shown) and node["schema_name"].lower() in {"", *_OURS}:
        if node["schema_name"] or node["table_name"].lower() not in ctes:
            yield node["table_name"], place
    elif kind == "TABLE_FUNCTION" and node["function"].get("function_name") == "query_table":
        for name in re.findall(r'"kind": "STRING", "text": "([^"]*)"', json.dumps(node["function"])):
            yield name.rpartition(".")[2], place
