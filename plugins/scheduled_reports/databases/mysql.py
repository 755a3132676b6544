"""MariaDB and MySQL: typed columns, and a transaction that only reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scheduled_reports.column_values import DIGITS, Types, table_of
from scheduled_reports.databases.base import Asked
from scheduled_reports.databases.engine import EngineDatabase
from scheduled_reports.databases.failures import Kind
from scheduled_reports.databases.session import Session
from scheduled_reports.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection, CursorResult

KINDS = {
    1969: Kind.TIMEOUT, 3024: Kind.TIMEOUT, 1792: Kind.WRITES, 1146: Kind.MISSING, 1049: Kind.MISSING,
    1142: Kind.DENIED, 1044: Kind.DENIED, 1143: Kind.DENIED, 1227: Kind.DENIED,
}  # fmt: skip
"""What errors mean, by https://mariadb.com/kb/en/mariadb-error-code-reference/; 3024 is MySQL's 1969."""

BUSY = {1040, 1053, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1226, 1317, 1927}
"""Errors of a server that has too much to do, or ends: another attempt may succeed."""

UNKNOWN_ZONE = 1298

DECIMAL, DATE, TIMESTAMP, DATETIME, TEXT_OR_BYTES = {0, 246}, {10, 14}, 7, 12, {15, 249, 250, 251, 252, 253, 254}

PLAIN = {
    1: "int64", 2: "int64", 3: "int64", 8: "int64", 9: "int64", 13: "int64", 4: "float64", 5: "float64",
    11: "float64", 16: "binary", 245: "string",
}  # fmt: skip
"""Other types of fields (the protocol's enum_field_types) and Arrow's name. 11 is TIME, a length of time: seconds."""

UNSIGNED, BYTES = 32, 63
"""A field's flag, and the number of the character set that is none."""

UTC = ("UTC", "Etc/UTC")


class Special(EngineDatabase):
    """MariaDB, MySQL, and what speaks like them."""

    def prepare(self, connection: Connection, asked: Asked, session: Session) -> None:
        """Begin a transaction that only reads and sees one moment, in the source's time zone."""
        run = connection.exec_driver_sql
        if getattr(connection.dialect, "is_mariadb", False):
            run(f"SET SESSION max_statement_time = {session.seconds_left:.3f}")
        else:
            run(f"SET SESSION max_execution_time = {int(session.seconds_left * 1000) + 1}")
        self._set_zone(connection, asked)
        run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    def _set_zone(self, connection: Connection, asked: Asked) -> None:
        from sqlalchemy.exc import DBAPIError

        try:
            connection.exec_driver_sql(f"SET time_zone = '{'+00:00' if asked.zone in UTC else asked.zone}'")
        except DBAPIError as error:
            if _code(error.orig) != UNKNOWN_ZONE:
                raise
            fix = "load them: mariadb-tzinfo-to-sql /usr/share/zoneinfo | mariadb mysql; or leave `timezone` out, and \
compare in UTC"
            why = (
                f"the database at {self.where} does not know the time zone {asked.zone}: its tables of zones are empty"
            )
            raise SourceError(f"{asked.what} failed", why=why, fix=fix) from error

    def types(self, result: CursorResult[Any], asked: Asked) -> Types:
        """Return the types of the fields; those of text and bytes as far as the driver tells them apart."""
        cursor: Any = result.cursor
        fields = getattr(getattr(cursor, "_result", None), "fields", None) or [None] * len(cursor.description)
        return [_type(*each, asked.zone) for each in zip(cursor.description, fields, strict=True)]

    def table(self, names: list[str], rows: Sequence[Sequence[Any]], types: Types | None, asked: Asked) -> pa.Table:
        """Return rows as a table; whole numbers beyond 64 bits and lengths of time are found by looking."""
        import pyarrow as pa

        kinds = list(types or [None] * len(names))
        dates = [index for index, kind in enumerate(kinds) if kind is not None and pa.types.is_temporal(kind)]
        looked_at = [None if kind in {pa.int64(), pa.float64()} else kind for kind in kinds]
        if any(isinstance(row[index], str) for index in dates for row in rows):
            rows = [_without_zero_dates(row, names, dates, asked) for row in rows]
        return table_of(names, rows, asked.what, looked_at)

    def abandon(self, connection: Connection, result: CursorResult[Any], cursor: Any) -> None:
        """Leave the rest of a result unread: closing its cursor would fetch all of it, as PyMySQL's end would."""
        connection.invalidate()
        if (unread := getattr(cursor, "_result", None)) is not None:
            unread.unbuffered_active = False

    def reason(self, error: Exception) -> str:
        """Return the server's words, which the driver pairs with their number."""
        cause = getattr(error, "orig", error)
        return f"{cause.args[1]} ({cause.args[0]})" if len(cause.args) == 2 else str(cause)

    def special_kind(self, error: Exception) -> Kind | None:
        """Return what an error means by its number."""
        code = _code(error)
        if code in BUSY or 2000 <= code < 3000:  # the driver's own
            return Kind.LOST
        return KINDS.get(code, Kind.WRONG) if code else None


def _code(error: Any) -> int:
    code = error.args[0] if getattr(error, "args", ()) else None
    return code if isinstance(code, int) else 0


def _type(column: Any, field: Any, zone: str) -> Any:
    """Return the Arrow type of a field, from its description and, with PyMySQL, its packet; None where unknown."""
    import pyarrow as pa

    code = column[1]
    if code in PLAIN:
        return pa.type_for_alias(PLAIN[code])
    if code in DECIMAL:
        return _decimal(column[3], column[5], field)
    if code in DATE:
        return pa.date32()
    if code in {TIMESTAMP, DATETIME}:
        return pa.timestamp("us", "UTC" if code == TIMESTAMP and zone in UTC else None)
    if code in TEXT_OR_BYTES and field is not None:
        return pa.binary() if field.charsetnr == BYTES else pa.string()
    return None


def _decimal(width: int | None, scale: int | None, field: Any) -> Any:
    """Return the type of a DECIMAL from its width, which has room for a sign and a point."""
    import pyarrow as pa

    if field is None or not width or scale is None:
        return None
    digits = width - (scale > 0) - (not field.flags & UNSIGNED)
    return pa.decimal128(digits, scale) if 1 <= digits <= DIGITS else None


def _without_zero_dates(row: Sequence[Any], names: list[str], dates: list[int], asked: Asked) -> list[Any]:
    """Return a row with nothing where PyMySQL has the text of a zero date, which `IS NULL` calls nothing, too."""
    values = list(row)
    for index in dates:
        value = values[index]
        if isinstance(value, str):
            if not value.startswith("0000-00-00"):
                raise SourceError(f"{asked.what}: column {names[index]!r} holds {value}, which is no date",
                                  fix="CAST it AS CHAR in the query, or correct the row")  # fmt: skip
            values[index] = None
    return values
