"""Recipients that a run finds in one of its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scheduled_reports.audience.entries import FromTable
from scheduled_reports.audience.recipient import Copy, Recipient
from scheduled_reports.errors import ReportError
from scheduled_reports.model import email_address, is_name, time_zone
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from scheduled_reports.run import Run

_LONGEST = 200
"""Characters of what stands in place of an address that are shown."""


def recipients_in(run: Run, entry: FromTable, copy: Copy) -> Iterator[Recipient]:
    """Yield the recipients in a table of a run, row by row; nobody where the run has made no table yet.

    What keeps a row from its delivery stands in the recipient, and so does what keeps the whole table from it: then
    there is one recipient, called as the table.

    Raises:
        ArchiveError: The run's folder cannot be read.
    """
    tables = run.folder.manifest().get("tables", {})
    if not tables:
        return
    fault = "the run has not made it: clear the task `extract`" if entry.table not in tables else ""
    if not fault:
        with run.folder.fetch(f"data/{entry.table}.parquet") as path:
            fault = _table_fault(path, entry)
            rows = [] if fault else _rows(path, entry)
    if fault:
        what = f"nobody is known of the recipients in table {entry.table!r}: {fault}"
        yield Recipient(entry.table, copy=copy, through=(entry.table,), fault=what)
        return
    look = _Look(run, entry, copy)
    yield from (look.recipient(number, row) for number, row in enumerate(rows, start=1))


def _table_fault(path: Path, entry: FromTable) -> str:
    """Return why a table holds no recipients; nothing where it does."""
    import pyarrow.parquet as pq

    there = pq.read_schema(path).names
    missing = [column for column in entry.columns().values() if column not in there]
    if missing:
        return f"it has no column {missing[0]!r}; {did_you_mean(missing[0], there)}"
    return "" if pq.read_metadata(path).num_rows else "it has no row"


def _rows(path: Path, entry: FromTable) -> list[dict[str, Any]]:
    """Return what the rows of a table say of recipients, by what it is."""
    import pyarrow.parquet as pq

    columns = entry.columns()
    table = pq.read_table(path, columns=list(dict.fromkeys(columns.values())))
    values = {column: table[column].to_pylist() for column in table.column_names}
    rows = zip(*(values[column] for column in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


class _Look:
    """Looks at the rows of one table; what repeats in them, but for addresses, is looked at once."""

    def __init__(self, run: Run, entry: FromTable, copy: Copy) -> None:
        self._run, self._table, self._copy = run, entry.table, copy
        self._known: dict[tuple[str, str], str] = {}

    def recipient(self, number: int, row: Mapping[str, Any]) -> Recipient:
        """Return the recipient of a row, with why it cannot be reached where that is so."""
        told = {what: text for what, value in row.items() if (text := str("" if value is None else value).strip(" "))}
        where, address = f"row {number} of table {self._table!r}", told.get("address", "")
        wrong = _refusal(self._require_address, address) if address else "it has no address"
        for what, check in (("language", self._require_language), ("timezone", time_zone), ("role", _require_role)):
            if not wrong and what in told:
                fact = what, told[what]
                if fact not in self._known:
                    self._known[fact] = _refusal(check, told[what])
                wrong = self._known[fact]
        if wrong:
            shown = (address if address.isprintable() else ascii(address)[1:-1])[:_LONGEST]
            return Recipient(shown or where, copy=self._copy, through=(self._table,), fault=f"{where}: {wrong}")
        name = "".join(letter for letter in " ".join(told.get("name", "").split()) if letter.isprintable())
        return Recipient(
            address, name, self._copy, told.get("role"), told.get("language"), told.get("timezone"),
            through=(self._table,),
        )  # fmt: skip

    def _require_address(self, text: str) -> None:
        email_address(text)
        self._run.tenant.require(text)

    def _require_language(self, text: str) -> None:
        from scheduled_reports.language import language_of

        language_of(text, None, self._run.include)


def _require_role(text: str) -> None:
    if not is_name(text):
        raise ValueError(f"{text!r} is no role; write lower-case letters, digits and single underscores")


def _refusal(check: Callable[[str], object], text: str) -> str:
    """Return what a check says against a text; nothing where it passes."""
    try:
        check(text)
    except ValueError as error:
        return str(error)
    except ReportError as error:
        return error.what + (f": {error.why}" if error.why else "")
    return ""
