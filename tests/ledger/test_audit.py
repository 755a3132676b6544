"""Every change of a delivery is in the trail, and whoever alters the trail or a delivery is found out."""

import ast
import datetime as dt
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

import scheduled_reports
from deliveries import ANN, BEN, begin, deliver
from runs import ledger_of, run_of
from scheduled_reports.errors import LedgerError
from scheduled_reports.ledger import DeliveryState, Ledger, RunState, audit, tables
from scheduled_reports.ledger.audit import trail_of, verify
from scheduled_reports.ledger.chain import FIRST, AuditRow, canonical, digest
from scheduled_reports.ledger.changes import Changes
from scheduled_reports.ledger.engine import sqlite_engine

TRAIL = "scheduled_reports_audit"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with eight rows of the trail: Ann got hers, Ben's failed and is begun anew."""
    folder = tmp_path_factory.mktemp("made")
    ledger, run = ledger_of(folder), run_of(folder)
    ann, ben = begin(ledger, run, [ANN, BEN])
    deliver(ledger, ann.id)
    ledger.claim(ben.id)
    ledger.settle(ben.id, DeliveryState.FAILED, error="no such mailbox")
    begin(ledger, run_of(folder, run_id="manual__2"), [ANN, BEN])
    ledger.claim(ben.id)
    ledger.close()
    return folder / "ledger.db"


@pytest.fixture
def folder(tmp_path: Path, made: Path) -> Path:
    """The folder of a copy of it."""
    shutil.copy(made, tmp_path)
    return tmp_path


def tampered(folder: Path, *statements: str) -> tuple[str, int | None]:
    """Alter the ledger behind its back; return how verifying calls it, and which row it names."""
    alter(sqlite_engine(folder / "ledger.db"), *statements)
    found = verify(ledger_of(folder)).broken
    assert found is not None
    return found.how, found.seq


def alter(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            assert connection.execute(text(statement)).rowcount
    engine.dispose()


def test_the_trail_says_what_was_changed_by_whom_and_why(tmp_path: Path) -> None:
    ledger, run = Ledger(sqlite_engine(tmp_path / "ledger.db"), actor="anna by `reports resend`"), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    deliver(ledger, entry.id)

    rows = [shown.row for shown in trail_of(ledger, delivery_id=entry.id)]

    assert [(row.seq, row.was, row.is_now, row.why) for row in rows] == [
        (1, "", "planned", "run manual__1 owes it: sales, schedule daily, 2026-10-01, email to ann@x.example"),
        (2, "planned", "sending", "attempt 1"),
        (3, "sending", "delivered", "<1@x> (10 bytes)"),
    ]
    assert {row.actor for row in rows} == {"anna by `reports resend`"}
    assert all(dt.datetime.now(dt.UTC) - row.at < dt.timedelta(minutes=5) for row in rows)


def test_who_says_nothing_of_themselves_acts_as_their_process(folder: Path) -> None:
    [first, *_] = trail_of(ledger_of(folder), recipient="ann@x.example")

    assert re.fullmatch(r".+ on .+ \(process \d+\)", first.row.actor)


def test_everything_that_happens_to_a_delivery_is_in_its_trail(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    ledger.put_off(entry.id, DeliveryState.RETRYING, "server is away")
    ledger.bury(run, "the last attempt failed")
    begin(ledger, run, [ANN])
    ledger.end(run, RunState.SKIPPED, "too few rows")
    ledger.claim(entry.id, lease=dt.timedelta(0))
    ledger.claim(entry.id)

    assert [(shown.row.is_now, shown.row.why.partition(":")[0]) for shown in trail_of(ledger, run_id=run.run_id)] == [
        ("planned", "run manual__1 owes it"), ("retrying", "server is away"), ("dead", "the last attempt failed"),
        ("planned", "run manual__1 begins it anew"), ("skipped", "too few rows"), ("sending", "attempt 1"),
        ("uncertain", "the worker ended between sending and its receipt"),
    ]  # fmt: skip
    assert verify(ledger).broken is None


def test_a_trail_that_nobody_altered_is_whole(folder: Path) -> None:
    ledger = ledger_of(folder)
    found = verify(ledger)

    assert (found.rows, found.broken) == (8, None)
    assert found.head == trail_of(ledger, run_id="manual__2")[-1].row.hash


def test_an_empty_trail_is_whole(tmp_path: Path) -> None:
    found = verify(ledger_of(tmp_path))

    assert (found.rows, found.head, found.broken) == (0, FIRST, None)


def test_the_hash_can_be_computed_by_whoever_reads_the_documentation(folder: Path) -> None:
    first, second = (shown.row for shown in trail_of(ledger_of(folder), recipient="ann@x.example")[:2])
    facts = {name: getattr(second, name) for name in ("seq", "actor", "delivery_id", "was", "is_now", "why")}
    facts["at"] = second.at.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
    canonical_json = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    before = trail_of(ledger_of(folder), recipient="ben@x.example")[0].row

    assert (first.seq, before.seq, second.seq) == (1, 2, 3)
    assert second.hash == hashlib.sha256((before.hash + canonical_json).encode()).hexdigest()


def test_the_format_of_the_trail_never_changes() -> None:
    at = dt.datetime(2026, 10, 1, 6, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    row = AuditRow(1, at, "jürgen", "d1", "", "planned", 'he said "no"')

    assert canonical(row) == (
        r'{"actor":"j\u00fcrgen","at":"2026-10-01T04:30:00.000000+00:00","delivery_id":"d1","is_now":"planned",'
        r'"seq":1,"was":"","why":"he said \"no\""}'
    )
    assert digest(row) == "ac128b5b2ef41a4984883982c174456f17842dcc3022a4430fe483e4d4faa232"


CHANGED = {
    "at": "'2020-01-01 00:00:00.000000'", "actor": "'nobody'", "delivery_id": "'another'", "was": "'dead'",
    "is_now": "'skipped'", "why": "'because'", "previous": f"'{'1' * 64}'", "hash": f"'{'2' * 64}'",
}  # fmt: skip


@pytest.mark.parametrize("seq", range(1, 9))
@pytest.mark.parametrize("column", CHANGED)
def test_a_change_of_any_column_of_any_row_is_found(folder: Path, column: str, seq: int) -> None:
    assert tampered(folder, f"UPDATE {TRAIL} SET {column} = {CHANGED[column]} WHERE seq = {seq}") == ("changed", seq)


@pytest.mark.parametrize("seq", range(1, 9))
@pytest.mark.parametrize("place", [-5, 0, 1000])
def test_a_row_that_was_given_another_number_is_found(folder: Path, seq: int, place: int) -> None:
    assert tampered(folder, f"UPDATE {TRAIL} SET seq = {place} WHERE seq = {seq}") == ("reordered", seq)


@pytest.mark.parametrize("seq", range(1, 9))
def test_a_row_that_was_removed_is_found_the_last_too(folder: Path, seq: int) -> None:
    assert tampered(folder, f"DELETE FROM {TRAIL} WHERE seq = {seq}") == ("removed", seq)


def test_several_rows_that_were_removed_are_named(folder: Path) -> None:
    alter(sqlite_engine(folder / "ledger.db"), f"DELETE FROM {TRAIL} WHERE seq IN (3, 4, 5)")

    found = verify(ledger_of(folder))

    assert (found.rows, found.broken and found.broken.text) == (2, "rows 3 to 5 are missing")


def test_a_trail_of_which_nothing_is_left_is_found(folder: Path) -> None:
    assert tampered(folder, f"DELETE FROM {TRAIL}") == ("removed", 1)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 7), (7, 8)])
def test_two_rows_that_were_swapped_are_found(folder: Path, one: int, other: int) -> None:
    swap = [(one, 99), (other, one), (99, other)]
    statements = [f"UPDATE {TRAIL} SET seq = {after} WHERE seq = {before}" for before, after in swap]

    assert tampered(folder, *statements) == ("reordered", one)


def forged(engine: Engine, of: int, **changes: Any) -> str:
    """Return the statement that writes a row like another, changed and with a hash that fits."""
    with engine.connect() as connection:
        row = connection.execute(text(f"SELECT * FROM {TRAIL} WHERE seq = {of}")).one()._mapping
    facts = {**row, "at": dt.datetime.fromisoformat(f"{row['at']}+00:00"), **changes}
    facts["hash"] = digest(AuditRow(**facts))
    values = ", ".join(f"'{value}'" for value in {**facts, "at": row["at"]}.values())
    return f"INSERT OR REPLACE INTO {TRAIL} VALUES ({values})"


@pytest.mark.parametrize("seq", range(1, 9))
def test_a_row_that_was_changed_and_given_a_hash_that_fits_is_found(folder: Path, seq: int) -> None:
    statement = forged(sqlite_engine(folder / "ledger.db"), seq, why="because")

    assert tampered(folder, statement) == ("changed", seq)


def test_a_row_that_was_put_in_is_found(folder: Path) -> None:
    engine = sqlite_engine(folder / "ledger.db")
    shift = [f"UPDATE {TRAIL} SET seq = {seq + 1} WHERE seq = {seq}" for seq in range(8, 3, -1)]

    assert tampered(folder, *shift, forged(engine, 3, seq=4)) == ("inserted", 4)


def test_a_row_that_was_put_at_the_end_is_found(folder: Path) -> None:
    engine = sqlite_engine(folder / "ledger.db")
    head = verify(ledger_of(folder)).head

    assert tampered(folder, forged(engine, 8, seq=9, previous=head)) == ("inserted", 9)


def test_a_row_that_was_put_before_the_first_is_found(folder: Path) -> None:
    assert tampered(folder, forged(sqlite_engine(folder / "ledger.db"), 1, seq=0)) == ("inserted", 0)


@pytest.mark.parametrize("state", [state for state in DeliveryState if state is not DeliveryState.DELIVERED])
def test_a_delivery_whose_state_was_edited_is_found(folder: Path, state: DeliveryState) -> None:
    edit = f"UPDATE scheduled_reports_delivery SET state = '{state}' WHERE recipient = 'ann@x.example'"

    assert tampered(folder, edit) == ("state", None)


def test_a_delivery_that_was_removed_is_found(folder: Path) -> None:
    remove = "DELETE FROM scheduled_reports_delivery WHERE recipient = 'ann@x.example'"

    assert tampered(folder, remove) == ("unknown", 1)


def test_a_delivery_that_was_put_in_is_found(folder: Path) -> None:
    columns = [column.name for column in tables.delivery.columns if column.name not in {"id", "issue"}]
    listed = ", ".join(columns)
    put = (f"INSERT INTO scheduled_reports_delivery (id, issue, {listed}) SELECT 'forged', 7, {listed} "
           "FROM scheduled_reports_delivery WHERE recipient = 'ann@x.example'")  # fmt: skip

    assert tampered(folder, put) == ("unknown", None)


def test_a_head_that_is_gone_is_found_and_nothing_can_be_changed_without_it(folder: Path) -> None:
    assert tampered(folder, f"DELETE FROM {TRAIL}_head") == ("removed", None)

    with pytest.raises(LedgerError, match="the head of the ledger's audit trail is missing"):
        begin(ledger_of(folder), run_of(folder), [ANN])


def test_a_head_that_was_set_back_with_its_rows_is_found_by_a_hash_that_was_noted(folder: Path) -> None:
    ledger = ledger_of(folder)
    noted, earlier = verify(ledger).head, trail_of(ledger, recipient="ben@x.example")[0].row.hash
    engine = sqlite_engine(folder / "ledger.db")
    [seventh] = [shown.row for shown in trail_of(ledger, run_id="manual__2") if shown.row.seq == 7]
    alter(
        engine, f"DELETE FROM {TRAIL} WHERE seq = 8", f"UPDATE {TRAIL}_head SET seq = 7, hash = '{seventh.hash}'",
        "UPDATE scheduled_reports_delivery SET state = 'planned' WHERE recipient = 'ben@x.example'",
    )  # fmt: skip

    assert verify(ledger).broken is None
    found = verify(ledger, expect=noted).broken
    assert found is not None
    assert found.how == "expected"
    assert verify(ledger, expect=earlier).broken is None


def test_a_long_trail_is_read_page_by_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAGE", 3)

    assert verify(ledger_of(folder)).rows == 8


def test_deliveries_change_in_one_module_only() -> None:
    package = Path(scheduled_reports.__file__).parent
    writers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "migrations" not in path.parts and _writes_deliveries(path.read_text(encoding="utf-8"))
    }

    assert writers == {"ledger/changes.py"}


def _writes_deliveries(source: str) -> bool:
    """Return whether a module inserts, updates or deletes deliveries or rows of the trail, or says so in SQL."""
    if re.search(r"(?i)\b(update|insert\s+into|delete\s+from)\s+scheduled_reports_(delivery|audit)", source):
        return True
    guarded = {"delivery", "audit", "audit_head"}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="insert" | "update" | "delete"), args=[ast.Name(id=name), *_]):
                if name in guarded:
                    return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="insert" | "update" | "delete")):
                if name in guarded:
                    return True
    return False


@pytest.mark.parametrize("source", [
    "update(delivery).values(state='dead')", "delivery.update().values(state='dead')", "delete(audit)",
    "text('UPDATE scheduled_reports_delivery SET state = 1')", "insert(audit_head)",
])  # fmt: skip
def test_the_scan_for_writers_finds_them(source: str) -> None:
    assert _writes_deliveries(source)


def test_the_amending_of_a_delivery_leaves_its_state_alone(folder: Path) -> None:
    with ledger_of(folder).writing() as connection, pytest.raises(ValueError, match="notes it"):
        Changes(connection, "a test").amend(["x"], state=DeliveryState.DEAD)
