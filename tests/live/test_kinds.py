"""What reports share, and what only a thorough look asks: archive, ledger, pools, Variables, approvers, queries."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.mail_server import MailServer
from looking import failure, looked, scope_of
from runs import ledger_of
from scheduled_reports.errors import ReportError
from scheduled_reports.ledger.schema import HEAD, VERSION_TABLE
from scheduled_reports.live.base import State
from specs import SALES, write

Connect = Callable[..., None]


class Variables:
    """An Airflow with some Variables."""

    def __init__(self, **values: str) -> None:
        self._values = values

    def variable(self, key: str) -> str | None:
        return self._values.get(key)

    def updated(self, asset: str) -> dt.datetime | None:
        raise ReportError("not asked here")


@pytest.fixture
def spec(project: Path, inbox: MailServer) -> Path:
    """Write the small spec, whose servers are up."""
    write(project)
    return project


def with_condition(folder: Path, condition: str) -> None:
    start, end = SALES.index("run_when:"), SALES.index("content:")
    write(folder, f"{SALES[:start]}run_when:\n  - {condition}\n{SALES[end:]}")


def test_the_archive_is_written_read_and_left_as_it_was(spec: Path) -> None:
    (spec / "archive").mkdir()

    seen = looked(scope_of(spec))["archive"]

    assert seen.words == f"{(spec / 'archive').as_uri()} can be written"
    assert list((spec / "archive").iterdir()) == []


def test_an_archive_that_is_not_there_yet_is_not_made(spec: Path) -> None:
    assert looked(scope_of(spec))["archive"].state is State.OK
    assert not (spec / "archive").exists()


def test_an_archive_in_a_folder_that_takes_no_file(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__ARCHIVE", "file:///proc/archive")

    seen = failure(looked(scope_of(spec)), "archive")

    assert "the archive file:///proc/archive cannot be written" in seen.words
    assert "[scheduled_reports] archive" in seen.fix


def test_an_archive_of_a_kind_that_there_is_not(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__ARCHIVE", "s4://bucket/reports")

    assert "there is no archive s4://bucket/reports" in failure(looked(scope_of(spec)), "archive").words


def test_a_ledger_that_is_not_there_yet_is_not_made(spec: Path) -> None:
    seen = looked(scope_of(spec))["ledger"]

    assert seen.words == f"{spec}/ledger.db is not there yet: the first run makes it"
    assert not (spec / "ledger.db").exists()


def test_a_ledger_tells_its_version(spec: Path) -> None:
    ledger_of(spec).close()

    assert looked(scope_of(spec))["ledger"].words == f"sqlite:///{spec}/ledger.db, version {HEAD}"


def test_an_older_ledger_is_not_brought_up_to_date_by_a_look(spec: Path) -> None:
    ledger_of(spec).close()
    with sqlite3.connect(spec / "ledger.db") as ledger:
        ledger.execute(f"UPDATE {VERSION_TABLE} SET version_num = '0001'")

    seen = looked(scope_of(spec))["ledger"]

    assert seen.words.endswith(f"version 0001: the next run brings it to {HEAD}")
    assert ledger.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone() == ("0001",)
    ledger.close()


def test_an_empty_database_may_become_a_ledger(spec: Path) -> None:
    sqlite3.connect(spec / "ledger.db").close()
    (spec / "ledger.db").touch()

    assert looked(scope_of(spec))["ledger"].words.endswith("it has no tables yet: the first run makes them")
    with sqlite3.connect(spec / "ledger.db") as ledger:
        assert ledger.execute("SELECT * FROM sqlite_master").fetchall() == []
    ledger.close()


def test_a_newer_ledger_is_a_fault(spec: Path) -> None:
    ledger_of(spec).close()
    with sqlite3.connect(spec / "ledger.db") as ledger:
        ledger.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    ledger.close()

    seen = failure(looked(scope_of(spec)), "ledger")

    assert "the ledger has version 9999, newer than" in seen.words
    assert "install that version here too" in seen.fix


def test_a_ledger_that_is_no_database(spec: Path) -> None:
    (spec / "ledger.db").write_text("this is no database, and it is long enough to be seen as none" * 20)

    assert "file is not a database" in failure(looked(scope_of(spec)), "ledger").words


def test_a_pool_that_is_not_there(project: Path, inbox: MailServer) -> None:
    write(project, SALES.replace("timezone: Europe/Berlin}", "timezone: Europe/Berlin, pool: reporst}"))

    seen = failure(looked(scope_of(project, pools={"default_pool": 128, "reports": 4})), "pool reporst")

    assert seen.words.startswith("Airflow has no pool 'reporst': did you mean 'reports'?")
    assert seen.fix == "airflow pools set reporst 4 reports"


def test_pools_that_cannot_be_read_are_neither_there_nor_not(project: Path, inbox: MailServer) -> None:
    write(project, SALES.replace("timezone: Europe/Berlin}", "timezone: Europe/Berlin, pool: reports}"))

    assert looked(scope_of(project))["pool reports"].state is State.UNKNOWN
    assert looked(scope_of(project, pools={"reports": 4}))["pool reports"].words == "4 slots"


def test_a_variable_that_is_not_there(project: Path, inbox: MailServer) -> None:
    with_condition(project, "{type: flag, variable: loaded}")

    seen = failure(looked(scope_of(project, airflow=Variables())), "variable loaded")
    there = looked(scope_of(project, airflow=Variables(loaded="no")))["variable loaded"]

    assert seen.words == "there is no Airflow Variable 'loaded'"
    assert "airflow variables set loaded" in seen.fix
    assert there.state is State.OK


def test_the_query_of_a_condition_is_read_too(project: Path, inbox: MailServer) -> None:
    condition = "{{type: value, connection: shop, sql: 'SELECT count(*) AS orders FROM {}', at_least: 1}}"
    with_condition(project, condition.format("orders"))
    right = looked(scope_of(project))
    with_condition(project, condition.format("orderz"))
    wrong = looked(scope_of(project))

    [name] = [title for title in right if title.startswith("condition ")]
    assert right[name].words == "its query may be read: orders"
    assert "no such table: orderz" in failure(wrong, name).words


def test_a_connection_that_only_a_condition_names_is_asked_too(project: Path, inbox: MailServer) -> None:
    with_condition(project, "{type: value, connection: other, sql: SELECT 1, at_least: 1}")

    assert "there is no Airflow connection 'other'" in failure(looked(scope_of(project)), "connection other").words


def test_approvers_whom_airflow_does_not_know(
    project: Path, inbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", "ann:admin,vera:viewer")
    approval = "approval:\n  approvers: [{{user: {}, email: a@northwind.example}}]\n"
    found = {}
    for user in ("ann", "anne", "vera"):
        write(project, SALES.replace("content:\n", approval.format(user) + "content:\n", 1))
        found[user] = looked(scope_of(project))

    title = "approvers sales.approval"
    assert (found["ann"][title].state, found["ann"][title].words) == (State.OK, "ann")
    assert failure(found["anne"], title).words == "Airflow knows no user 'anne'"
    assert "did you mean 'ann'" in failure(found["anne"], title).fix
    assert "'vera' may not answer in Airflow" in failure(found["vera"], title).words


def test_an_owner_whom_the_mail_server_refuses(project: Path, inbox: MailServer) -> None:
    write(project, SALES.replace("owner@", "nobody@"))

    seen = failure(looked(scope_of(project)), "owner mail mail")

    assert "refuses 1 of 1 recipients: nobody@northwind.example" in seen.words


def test_every_hour_only_what_can_fail_by_itself_is_asked(spec: Path) -> None:
    kinds = {title.partition(" ")[0] for title in looked(scope_of(spec, thorough=False))}

    assert kinds == {"connection", "source", "destination", "archive"}
