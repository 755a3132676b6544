"""SQL in a spec: inline or from include/sql/, with bind values only."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from scheduled_reports.model import Model
from scheduled_reports.spec.marks import Sql, SqlFile

_TOKEN = re.compile(
    r"""
    (?P<quoted> (?<!\w) [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]*
              | /\*(?> (?!/\*|\*/). | /\*.*?\*/ )*+\*/ | /\*.*?\*/   # one may hold another in PostgreSQL and DuckDB
              | (?<![\w$]) \$(?P<tag>[A-Za-z_]\w*|)\$ .*? \$(?P=tag)\$ )
    | (?P<colon> (?: \\: )+ )
    | (?<! [:\w'")\]] )                                       # x::type, {a:b}, {'a':b}, x[f(1):n]
      (?: (?<! [\w'")\]] \[ ) | (?<= (?i:array) \[ ) )         # x[:n], which ARRAY[:n] and [:n] are not
      : (?P<name> [A-Za-z_]\w*+ ) (?! :(?!:) )
    """,
    re.DOTALL | re.VERBOSE,
)
"""What of SQL can hold a colon and a name: quoted text or a comment, `\\:` for a plain colon, and a bind value.

A bind value is `:name`, also in `:name::type`; `::type`, `x[:n]`, `x[1:n]` and `{'a':b}` hold none. A space before the
colon makes one of it (`x[ :n]`), a backslash never does.
"""

RUN_BINDS = {
    "period_start": "first instant of the period",
    "period_end": "first instant after the period",
    "previous_start": "first instant of the span to compare with",
    "previous_end": "first instant after that span: period_start, unless the period is one to date",
    "period_start_date": "the period's first day in the schedule's time zone, YYYY-MM-DD",
    "period_end_date": "the first day after the period in the schedule's time zone, YYYY-MM-DD",
    "previous_start_date": "that span's first day in the schedule's time zone, YYYY-MM-DD",
    "previous_end_date": "the day of previous_end in the schedule's time zone, YYYY-MM-DD",
    "timezone": "the schedule's IANA time zone",
}
"""The bind values that every query may use besides the report's parameters."""


def binds_in(sql: str) -> list[tuple[str, int]]:
    """Return each bind value's name and its offset in `sql`, leaving out quoted text and comments."""
    return [(match["name"], match.start()) for match in _TOKEN.finditer(sql) if match["name"]]


def numbered(sql: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Rewrite `:name` as `$1`, `$2`, … (and an escaped colon as one) and return it with the values in that order.

    DuckDB takes it so; SQLAlchemy knows the escape itself.

    Raises:
        KeyError: `sql` names a bind value that `values` lacks.
    """
    order = list(dict.fromkeys(name for name, _ in binds_in(sql)))

    def plain(match: re.Match[str]) -> str:
        if match["quoted"]:
            return match["quoted"]
        return f"${order.index(match['name']) + 1}" if match["name"] else _colons(match)

    return _TOKEN.sub(plain, sql), [values[name] for name in order]


def with_variables(sql: str) -> str:
    """Rewrite `:name` as `getvariable('name')`: DuckDB takes no values in what it makes several statements of."""

    def plain(match: re.Match[str]) -> str:
        return match["quoted"] or (f"getvariable('{match['name']}')" if match["name"] else _colons(match))

    return _TOKEN.sub(plain, sql)


def for_parser(sql: str) -> str:
    """Return `sql` for a parser that only looks at it: of the same length, with a number for each bind value."""

    def plain(match: re.Match[str]) -> str:
        text = match["quoted"] or ("1" if match["name"] else _colons(match))
        return text.ljust(len(match[0]))

    return _TOKEN.sub(plain, sql)


def quoted(name: str) -> str:
    """Return a column's name as SQL writes it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def without_end(sql: str) -> str:
    """Return `sql` without the semicolons, comments and blanks at its end, so that it can stand in brackets."""
    plain = _TOKEN.sub(lambda match: " " * len(match[0]) if match[0][:2] in {"--", "/*"} else match[0], sql)
    return sql[: len(plain.rstrip("; \t\r\n"))]


def _colons(match: re.Match[str]) -> str:
    return ":" * (len(match["colon"]) // 2)


_TABLE_FOLLOWS = re.compile(
    r"""(?: \b(?:FROM|JOIN|TABLE|DESCRIBE|DESC|SHOW|SUMMARIZE|(?:UN)?PIVOT|PIVOT_WIDER|PIVOT_LONGER)\b [\s(]*
          | , [\s(]* | [:.] \s* ) (?= (\w+) )""",
    re.IGNORECASE | re.VERBOSE,
)
"""What stands before a table's name in DuckDB's SQL, also where it has an alias in front (`FROM c: calls`)."""


def may_name(sql: str, tables: Collection[str]) -> set[str]:
    """Return at least those of `tables` that a query reads, by looking at its words: cheap, where a parser is not.

    Args:
        sql: DuckDB's SQL.
        tables: Names, in lower case.
    """
    quoted = [match["quoted"] for match in _TOKEN.finditer(sql) if match["quoted"]]
    plain = _TOKEN.sub(lambda match: " " if match["quoted"] else match[0], sql)
    words = {*_TABLE_FOLLOWS.findall(plain), *(text.strip("\"'") for text in quoted)}
    return {word.lower() for word in words} & set(tables)


def in_brackets(sql: str) -> str:
    """Return a query as a table of another's FROM: in brackets, without the semicolon and the comments at its end."""
    return f"(\n{without_end(sql)}\n)"


def for_sqlalchemy(sql: str) -> str:
    """Return `sql` so that SQLAlchemy's `text()` finds the binds that we find, and no other.

    It would take `:name::type` for a bind called `nam`, and `':word'` in quotes for one too.
    """
    pieces, last = [], 0
    for name, start in binds_in(sql):
        pieces += [_escaped(sql[last:start]), f":{name} "]
        last = start + len(name) + 1
    return "".join((*pieces, _escaped(sql[last:])))


def _escaped(sql: str) -> str:
    return re.sub(r"(?<![:\w\\]):(?=\w)", r"\\:", sql)


class Query(Model):
    """SQL text, inline or in a file."""

    sql: Sql | None = Field(
        None,
        description="SQL, inline. Values only as binds: `:period_start`, `:my_parameter`; `\\:` is a plain colon.",
    )
    sql_file: SqlFile | None = Field(None, description="SQL in a file, named relative to `include/sql/`.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.sql is None) == (self.sql_file is None):
            raise ValueError("exactly one of 'sql' and 'sql_file' is needed; 'sql' holds it inline")
        return self

    def text(self, include: Path) -> str:
        """Return the SQL; `include` is the folder that holds `sql/`."""
        return self.sql if self.sql is not None else (include / "sql" / str(self.sql_file)).read_text(encoding="utf-8")
