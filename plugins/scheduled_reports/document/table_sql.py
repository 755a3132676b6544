"""The SQL that gives a table its lines: rows in order, heads and subtotals of groups, the total, others of a top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduled_reports.arrow_values import zeros
from scheduled_reports.document.column import LINKED, Ratio, TableColumn
from scheduled_reports.document.lines import LineKind
from scheduled_reports.spec.sql import quoted

if TYPE_CHECKING:
    import pyarrow as pa

NUMBER, PLACE = "_reports_number", "_reports_place"
"""The place of a row in its dataset, and in the table."""

EXACT = "DECIMAL(38, 6)"
"""What holds every BIGINT, and means of them to six places."""


@dataclass(frozen=True)
class TableSql:
    """What a table takes of its dataset.

    Attributes:
        dataset: The table of the run.
        columns: What is shown.
        sort: The columns by which its rows are sorted, and whether from high to low.
        groups: The columns by which they are grouped, the widest first.
        keys: The columns by which a row opens its details.
        top: How many rows are shown by themselves; None means all.
        numbers: The columns that hold numbers: of these, NaN and infinity count as missing in totals.
        beyond_double: Those with whole numbers that a DOUBLE would round: beside the means of groups, they become one.
    """

    dataset: str
    columns: Sequence[TableColumn]
    sort: Sequence[tuple[str, bool]] = ()
    groups: Sequence[str] = ()
    keys: Sequence[str] = ()
    top: int | None = None
    numbers: frozenset[str] = frozenset()
    beyond_double: frozenset[str] = frozenset()

    def rows(self) -> str:
        """Return the query of all lines but the last ones, `others` and the total.

        Its columns: kind, level, the values, the links, the keys, the groups.
        """
        shown = ", ".join(self._shown())
        if not self.groups:
            if not self.sort and self.top is None:
                return f"SELECT {shown} FROM {quoted(self.dataset)}"
            limit = "" if self.top is None else f" LIMIT {self.top}"
            return f"SELECT {shown} FROM ({self._placed()}) ORDER BY {PLACE}{limit}"
        return self._grouped(shown)

    @property
    def is_plain(self) -> bool:
        """Whether its lines are the rows of its dataset as they are, and the total."""
        return not self.groups and not self.sort and self.top is None and not any(one.link for one in self.columns)

    def taken(self, rows: pa.Table) -> pa.Table:
        """Return what `rows` asks for where it is plain, from the rows of its dataset."""
        import pyarrow as pa

        kinds = zeros(rows.num_rows, pa.int8())  # and levels: LineKind.ROW is 0
        names = [*(column.name for column in self.columns), *self.keys]
        columns = [kinds, kinds, *map(rows.column, names)]
        return pa.Table.from_arrays(columns, names=[f"_{index}" for index in range(len(columns))]).combine_chunks()

    def others(self) -> str:
        """Return the query of what `top` leaves out: one row, its last column the number of rows."""
        return (
            f"SELECT {self._summary(LineKind.OTHERS, 0)}, count(*) FROM ({self._placed()}) WHERE {PLACE} > {self.top}"
        )

    def total(self) -> str:
        """Return the query of the total: one row."""
        return f"SELECT {self._summary(LineKind.TOTAL, 0)} FROM {quoted(self.dataset)}"

    def extents(self, names: Sequence[str]) -> str:
        """Return the query of the least and greatest finite value of columns, and whether all values are whole."""
        parts = []
        for place, name in enumerate(names):
            number, finite = f"{quoted(name)}::DOUBLE", f"FILTER (isfinite({quoted(name)}::DOUBLE))"
            functions = (f"min({number})", f"max({number})", f"bool_and({number} = floor({number}))")
            parts += [f"{function} {finite} AS _e{place}_{part}" for part, function in enumerate(functions)]
        return f"SELECT {', '.join(parts)} FROM {quoted(self.dataset)}"

    def _shown(self) -> Iterator[str]:
        yield f"{LineKind.ROW:d}::TINYINT AS _kind"
        yield "0::TINYINT AS _level"
        yield from (f"{quoted(column.name)} AS _c{index}" for index, column in enumerate(self.columns))
        yield from (f"{_url(column.link)} AS _l{index}" for index, column in enumerate(self.columns) if column.link)
        yield from (f"{quoted(name)} AS _k{index}" for index, name in enumerate(self.keys))
        yield from (f"{quoted(name)} AS _g{index}" for index, name in enumerate(self.groups))

    def _summary(self, kind: LineKind, level: int) -> str:
        """Return what a subtotal, a total or `others` selects, in the order of `_shown`."""
        parts = [f"{kind:d}::TINYINT AS _kind", f"{level:d}::TINYINT AS _level"]
        blank = kind is LineKind.GROUP
        parts += [
            f"{'NULL' if blank else self._total(column)} AS _c{index}" for index, column in enumerate(self.columns)
        ]
        parts += [f"NULL AS _l{index}" for index, column in enumerate(self.columns) if column.link]
        parts += [f"NULL AS _k{index}" for index, _ in enumerate(self.keys)]
        inside = kind in (LineKind.GROUP, LineKind.SUBTOTAL)
        parts += [f"{quoted(name) if inside and index <= level else 'NULL'} AS _g{index}"
                  for index, name in enumerate(self.groups)]  # fmt: skip
        return ", ".join(parts)

    def _total(self, column: TableColumn) -> str:
        match column.total:
            case None:
                return "NULL"
            case Ratio(sum=part, per=whole):
                return f"{self._aggregate('sum', part)}::DOUBLE / nullif({self._aggregate('sum', whole)}, 0)::DOUBLE"
            case "mean":
                exactly = self.groups and column.name in self.beyond_double
                return self._exact_mean(column.name) if exactly else self._aggregate("avg", column.name)
            case kind:
                return self._aggregate(kind, column.name)

    def _exact_mean(self, name: str) -> str:
        """Return SQL for a mean of whole numbers that are never a DOUBLE: what is left of their division alone is."""
        total, count = self._aggregate("sum", name), self._aggregate("count", name)
        return f"({total} // {count})::{EXACT} + (({total} % {count})::DOUBLE / {count})::{EXACT}"

    def _aggregate(self, function: str, name: str) -> str:
        finite = f" FILTER (isfinite({quoted(name)}::DOUBLE))" if name in self.numbers else ""
        return f"{function}({quoted(name)}){finite}"

    def _placed(self) -> str:
        numbered = f"SELECT *, row_number() OVER () AS {NUMBER} FROM {quoted(self.dataset)}"
        order = [f"{self._sorted(name)} {'DESC' if down else 'ASC'} NULLS LAST" for name, down in self.sort]
        return f"SELECT *, row_number() OVER (ORDER BY {', '.join([*order, NUMBER])}) AS {PLACE} FROM ({numbered})"

    def _sorted(self, name: str) -> str:
        """Return what is sorted by: NaN, to DuckDB the greatest number, and infinity are missing, as in totals."""
        known = quoted(name)
        return f"CASE WHEN isfinite({known}::DOUBLE) THEN {known} END" if name in self.numbers else known

    def _grouped(self, shown: str) -> str:
        """Return the query of rows below the heads of their groups, which stand in the order of their first rows."""
        depth = len(self.groups)
        paths = [", ".join(map(quoted, self.groups[: level + 1])) for level in range(depth)]
        orders = ", ".join(f"min({PLACE}) OVER (PARTITION BY {path}) AS _o{level}" for level, path in enumerate(paths))
        parts = [f"SELECT {shown}, {self._order(depth, 1)} FROM grouped"]
        totals = any(column.total for column in self.columns)
        for level, path in enumerate(paths):
            of_group = f"FROM grouped GROUP BY {', '.join([path, *(f'_o{index}' for index in range(level + 1))])}"
            parts.append(f"SELECT {self._summary(LineKind.GROUP, level)}, {self._order(level, 0)} {of_group}")
            if totals:
                parts.append(f"SELECT {self._summary(LineKind.SUBTOTAL, level)}, {self._order(level, 2)} {of_group}")
        keys = ", ".join(f"_o{level}, _s{level}" for level in range(depth))
        lines = " UNION ALL ".join(parts)
        width = 2 + len(self.columns) + sum(bool(column.link) for column in self.columns) + len(self.keys) + depth
        names = ", ".join(f"#{number}" for number in range(1, width + 1))
        return (
            f"WITH placed AS ({self._placed()}), grouped AS (SELECT *, {orders} FROM placed), lines AS ({lines}) "
            f"SELECT {names} FROM lines ORDER BY {keys}, _at"
        )

    def _order(self, level: int, stage: int) -> str:
        """Return by what a line is sorted: for each level, its group, and whether it stands before, in or after it."""
        depth, parts = len(self.groups), []
        for index in range(depth):
            if level == depth:
                parts += [f"_o{index}", f"1 AS _s{index}"]
            else:
                parts += [f"_o{index}" if index <= level else f"0 AS _o{index}"]
                parts += [f"{1 if index < level else stage if index == level else 0} AS _s{index}"]
        parts.append(f"{PLACE} AS _at" if level == depth else "0 AS _at")
        return ", ".join(parts)


def _url(link: str | None) -> str:
    """Return SQL for a link: columns in it are encoded (RFC 3986), but for one that it begins with, a whole address."""
    parts, end = [], 0
    for found in LINKED.finditer(link or ""):
        parts.append(_text((link or "")[end : found.start()]))
        value = f"{quoted(found[1])}::VARCHAR"
        parts.append(value if found.start() == 0 else f"url_encode({value})")
        end = found.end()
    parts.append(_text((link or "")[end:]))
    return " || ".join(parts)


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
