"""What PostgreSQL's types become: Arrow's, the same through either driver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from scheduled_reports.column_values import DIGITS, table_of
from scheduled_reports.databases.base import NotColumnarError

if TYPE_CHECKING:
    import pyarrow as pa

NUMERIC = 1700

PLAIN = {
    16: "bool", 17: "binary", 19: "string", 20: "int64", 21: "int64", 23: "int64", 25: "string", 701: "float64",
    1042: "string", 1043: "string", 1082: "date32", 1083: "time64[us]", 1114: "timestamp[us]",
    1184: "timestamp[us, tz=UTC]",
}  # fmt: skip
"""The types that both drivers give as they are, by OID (src/include/catalog/pg_type.dat), and Arrow's name."""

CAST = {
    26: ("{}::bigint", "int64"),  # oid: beyond 2^31 one driver takes it for negative
    700: ("{}::text::float8", "float64"),  # real: 0.1 shall not become 0.10000000149011612
    1186: ("extract(epoch FROM {})::float8", "float64"),  # interval: seconds, as no file format keeps months
}
"""The types that the server makes something plain of: how, and what."""

MONEY = 790

ARRAYS_AND_ROWS = "AC"
"""The categories of types that the server makes JSON of; what else is not known here becomes its text."""


@dataclass(frozen=True)
class Columns:
    """The columns of a query.

    Attributes:
        names: Their names.
        kinds: Their Arrow types; None is a numeric without declared digits, or what a driver makes of the unknown.
        loose: Those that are a numeric without declared digits.
        query: The query in brackets, with casts; None where it does not stand there.
    """

    names: list[str]
    kinds: list[Any]
    loose: frozenset[int]
    query: str | None

    KNOWN: ClassVar[frozenset[int]] = frozenset({*PLAIN, *CAST, MONEY, NUMERIC})

    @classmethod
    def of(cls, described: Sequence[Any], categories: Mapping[int, str], statement: str) -> Columns:
        """Return what a cursor's description tells; `categories` are those of the types that are not known here."""
        names, kinds, casts, loose = [], [], [], set()
        for index, column in enumerate(described):
            cast, kind = _read_as(column, categories)
            name = '"' + column[0].replace('"', '""') + '"'
            names.append(column[0])
            kinds.append(kind)
            casts.append((cast.format(f"q.{name}") if cast else f"q.{name}") + f" AS {name}")
            if kind is None:
                loose.add(index)
        bare = statement.rstrip("; \t\r\n")
        return cls(names, kinds, frozenset(loose), f"SELECT {', '.join(casts)} FROM (\n{bare}\n) AS q")

    def plain(self) -> Columns:
        """Return the columns of the query as it is, of which only their values tell the types."""
        return Columns(self.names, [None] * len(self.names), frozenset(), None)

    def empty(self) -> pa.Table:
        """Return no rows, typed."""
        import pyarrow as pa

        none = [pa.decimal128(DIGITS, 0) if index in self.loose else kind for index, kind in enumerate(self.kinds)]
        return table_of(self.names, [], "", none)

    def of_rows(self, rows: Sequence[Sequence[Any]], what: str) -> pa.Table:
        """Return rows as a table."""
        import pyarrow as pa

        table = table_of(self.names, rows, what, self.kinds)
        for index in self.loose:
            if pa.types.is_decimal(kind := table.schema.types[index]):
                wide = table.column(index).cast(pa.decimal128(DIGITS, kind.scale))
                table = table.set_column(index, self.names[index], wide)
        return table

    def of_batch(self, batch: pa.RecordBatch) -> pa.Table:
        """Return a record batch of the columnar driver as a table.

        Raises:
            NotColumnarError: The driver has cut a value.
        """
        import pyarrow as pa

        columns = []
        for index, column in enumerate(batch.columns):
            plain = column.storage if isinstance(column.type, pa.BaseExtensionType) else column
            kind = _decimal_for(plain) if index in self.loose else self.kinds[index]
            columns.append(plain.cast(kind))
            _require_a_date(columns[-1])
        return pa.Table.from_arrays(columns, names=self.names)


def _read_as(column: Any, categories: Mapping[int, str]) -> tuple[str, Any]:
    """Return the cast with which a column is read ("" for none), and its Arrow type."""
    import pyarrow as pa

    oid = column[1]
    if oid in PLAIN:
        kind = PLAIN[oid]
        return "", pa.timestamp("us", "UTC") if kind.endswith("UTC]") else pa.type_for_alias(kind)
    if oid in CAST:
        return CAST[oid][0], pa.type_for_alias(CAST[oid][1])
    if oid == MONEY:
        return "{}::numeric", None
    if oid == NUMERIC:
        return "", _declared(column.precision, column.scale)
    return "to_jsonb({})::text" if categories.get(oid, "X") in ARRAYS_AND_ROWS else "{}::text", pa.string()


def _declared(precision: int | None, scale: int | None) -> Any:
    """Return the type of a numeric; None where its digits are not declared (psycopg2 says 65535) or are too many."""
    import pyarrow as pa

    if precision is None or scale is None or not 1 <= precision <= 1000:
        return None
    scale = (scale & 0x7FF ^ 0x400) - 0x400  # 11 bits with a sign since PostgreSQL 15
    digits = max(precision - min(scale, 0), scale)
    return pa.decimal128(digits, max(scale, 0)) if digits <= DIGITS else None


def _decimal_for(texts: pa.Array) -> pa.DataType:
    """Return the decimal that holds the digits after each number's point.

    Raises:
        NotColumnarError: One has too many digits, which Arrow would drop in silence.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    length, point = pc.binary_length(texts), pc.find_substring(texts, ".")
    places = pc.max(pc.if_else(pc.less(point, 0), 0, pc.subtract(pc.subtract(length, point), 1))).as_py() or 0
    whole = pc.max(pc.if_else(pc.less(point, 0), length, point)).as_py() or 0
    if whole + places > DIGITS:
        raise NotColumnarError(f"a numeric may need more than {DIGITS} digits")
    return pa.decimal128(DIGITS, places)


def _require_a_date(column: pa.Array) -> None:
    """Raise where a date or time lies outside the years 1 to 9999: infinity, or what the driver made of it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_date32(kind):
        numbers, least, most = column.cast(pa.int32()), -719_162, 2_932_896
    elif pa.types.is_timestamp(kind):
        numbers, least, most = column.cast(pa.int64()), -62_135_596_800_000_000, 253_402_300_799_999_999
    elif pa.types.is_time64(kind):
        numbers, least, most = column.cast(pa.int64()), 0, 86_399_999_999
    else:
        return
    found = pc.min_max(numbers).as_py()
    if found["min"] is not None and not least <= found["min"] <= found["max"] <= most:
        raise NotColumnarError("a date or time lies outside the years 1 to 9999")
