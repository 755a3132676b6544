"""Each source: its query may be read, its files can be listed, its API answers; and how new its data is."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

import pytest

from demo.mail_server import MailServer
from demo.sftp_server import SftpServer
from http_server import Reply, connect_api, serving
from looking import failure, looked, scope_of
from scheduled_reports.live.base import State
from specs import SALES, write

Connect = Callable[..., None]
NAME = "source sales.orders"


def with_source(folder: Path, source: str) -> None:
    """Write the small spec with another source `orders`."""
    start, end = SALES.index("    type: sql"), SALES.index("datasets:")
    write(folder, SALES[:start] + indent(dedent(source).strip("\n"), "    ") + "\n" + SALES[end:])


def test_a_query_tells_its_columns_and_gives_no_row(project: Path, inbox: MailServer) -> None:
    write(project, SALES.replace("SELECT customer, amount", 'SELECT customer, amount AS "Umsatz, €"'))

    assert looked(scope_of(project))[NAME].words == "2 columns: customer, Umsatz, €"


def test_a_query_may_end_with_a_comment_or_a_semicolon(project: Path, inbox: MailServer) -> None:
    write(project, SALES.replace("< :period_end", "< :period_end ; -- that is all"))
    with_comment = looked(scope_of(project))[NAME]
    write(project, SALES.replace("< :period_end", "< :period_end;"))
    with_semicolon = looked(scope_of(project))[NAME]

    assert (with_comment.words, with_semicolon.words) == ("2 columns: customer, amount",) * 2


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("FROM orders\n", "FROM orderz\n", "no such table: orderz"),
        ("SELECT customer", "SELECT costumer", "no such column: costumer"),
        ("SELECT customer", "SELEKT customer", 'near "SELEKT": syntax error'),
        ("SELECT customer, amount FROM orders\n", "DELETE FROM orders\n", "the query begins with DELETE"),
    ],
)
def test_a_query_that_cannot_be_read(project: Path, inbox: MailServer, old: str, new: str, why: str) -> None:
    write(project, SALES.replace(old, new, 1))

    seen = failure(looked(scope_of(project)), NAME)

    assert why in seen.words
    assert "source 'orders' (sales.yaml:" in seen.words


def test_a_probe_changes_nothing(project: Path, inbox: MailServer) -> None:
    write(project, SALES.replace("SELECT customer, amount FROM orders\n", "DELETE FROM orders\n", 1))

    looked(scope_of(project))

    with sqlite3.connect(project / "shop.db") as shop:
        assert shop.execute("SELECT count(*) FROM orders").fetchone() == (4,)
    shop.close()


def test_files_are_counted(project: Path, inbox: MailServer) -> None:
    with_source(project, "type: file\npath: in/orders_*.csv")
    folder = project / "include" / "in"
    folder.mkdir()
    for day in range(3):
        (folder / f"orders_{day}.csv").write_text("customer,amount\n")
    (folder / "other.csv").write_text("a\n")

    assert looked(scope_of(project))[NAME].words == f"3 files match {folder}/orders_*.csv"


def test_a_file_that_is_not_there_yet_is_no_fault(project: Path, inbox: MailServer) -> None:
    with_source(project, "type: file\npath: 'in/{{ period.slug }}/orders.csv'")
    (project / "include" / "in").mkdir()

    seen = looked(scope_of(project))[NAME]

    assert (seen.state, seen.words) == (State.OK, f"0 files match {project}/include/in/2026-10-01/orders.csv")


def test_a_folder_that_is_not_there_is_one(project: Path, inbox: MailServer) -> None:
    with_source(project, "type: file\npath: in/orders_*.csv")

    seen = failure(looked(scope_of(project)), NAME)

    assert f"there is no folder {project}/include/in" in seen.words
    assert "have the folder made" in seen.fix


def test_a_folder_on_an_sftp_server_is_looked_for_there(project: Path, inbox: MailServer, connection: Connect) -> None:
    with_source(project, "type: file\npath: sftp://partner@/in/orders_*.csv")
    with SftpServer(project / "root", project / "key") as server:
        connection("partner", conn_type="sftp", host="127.0.0.1", port=server.port, login="reports",
                   password="reports", extra={"host_key": server.host_key_line, "look_for_keys": "false"})  # fmt: skip
        missing = looked(scope_of(project))
        (project / "root" / "in").mkdir()
        (project / "root" / "in" / "orders_1.csv").write_text("customer,amount\n")
        there = looked(scope_of(project))

    assert "there is no folder sftp://partner@/in" in failure(missing, NAME).words
    assert there[NAME].words == "1 file matches sftp://partner@/in/orders_*.csv"
    assert there[NAME].thing.place == "partner"


def test_an_api_is_asked_once_for_its_first_page_only(project: Path, inbox: MailServer, connection: Connect) -> None:
    with_source(project, "type: http\nconnection: api\npath: orders\npagination: {type: page}\nrecords: data")
    with serving(lambda _: Reply({"data": [{"id": 1}]})) as server:
        connect_api(connection, server)
        found = looked(scope_of(project))

    assert found[NAME].words == "200 OK, application/json"
    assert [asked.path for asked in server.asked] == ["/orders"]
    assert found["connection api"].state is State.OK


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_an_api_that_refuses(project: Path, inbox: MailServer, connection: Connect, status: int) -> None:
    with_source(project, "type: http\nconnection: api\npath: orders")
    with serving(lambda _: Reply({"message": "go away"}, status)) as server:
        connect_api(connection, server, password="a secret of this test")
        seen = failure(looked(scope_of(project)), NAME)

    assert f"answered {status}" in seen.words
    assert "go away" in seen.words
    assert "a secret of this test" not in seen.words + seen.fix


def test_an_api_that_asks_to_come_later_can_be_reached(project: Path, inbox: MailServer, connection: Connect) -> None:
    with_source(project, "type: http\nconnection: api\npath: orders")
    with serving(lambda _: Reply({}, 429, {"Retry-After": "3600"})) as server:
        connect_api(connection, server)
        seen = looked(scope_of(project))[NAME]

    assert (seen.state, seen.words) == (State.OK, "429 Too Many Requests, application/json")


def test_an_api_that_is_not_up(project: Path, inbox: MailServer, connection: Connect, closed: int) -> None:
    with_source(project, "type: http\nconnection: api\npath: orders")
    connection("api", conn_type="http", host="127.0.0.1", port=closed)

    assert "127.0.0.1" in failure(looked(scope_of(project)), NAME).words


def test_an_api_that_never_answers_hangs_nothing(
    project: Path, inbox: MailServer, connection: Connect, silent: int
) -> None:
    with_source(project, "type: http\nconnection: api\npath: orders")
    connection("api", conn_type="http", host="127.0.0.1", port=silent)

    seen = failure(looked(scope_of(project), dt.timedelta(seconds=1)), NAME)

    assert seen.words == "no answer within 1 s"


def test_an_earlier_run_that_is_not_there_yet_is_no_fault(project: Path, inbox: MailServer) -> None:
    with_source(project, "type: run\ntable: orders")

    seen = looked(scope_of(project))[NAME]

    assert seen.state is State.OK
    assert seen.words == f"{(project / 'archive').as_uri()}/sales/daily has no run at all"


def test_an_earlier_run_of_a_report_that_is_not_there(project: Path, inbox: MailServer) -> None:
    write(project, SALES, "other")
    with_source(project, "type: run\ntable: orders\nreport: other\nschedule: nightly")

    seen = failure(looked(scope_of(project)), NAME)

    assert "report 'other' has no schedule 'nightly'" in seen.words


def fresh(folder: Path, judge: str, section: str = "run_when") -> None:
    """Write the small spec with a condition, or a check, on how new the orders are."""
    orders = SALES.replace("SELECT customer, amount", "SELECT customer, amount, ordered_at")
    start, end = orders.index("run_when:"), orders.index("content:")
    write(folder, f"{orders[:start]}{section}:\n  - {judge}\n{orders[end:]}")


@pytest.mark.parametrize(
    ("section", "judge"),
    [
        ("run_when", "{type: freshness, source: orders, column: ordered_at, within: 1d}"),
        ("run_when", "{type: freshness, dataset: orders, column: ordered_at, within: 1d}"),
        ("checks", "{type: freshness, dataset: orders, column: ordered_at, within: 1d}"),
    ],
)
def test_how_new_a_source_is_is_told_where_the_spec_judges_it(
    project: Path, inbox: MailServer, section: str, judge: str
) -> None:
    fresh(project, judge, section)

    seen = looked(scope_of(project, thorough=False))[NAME]

    assert seen.newest == dt.datetime(2026, 9, 30, 22, 0, 2, tzinfo=dt.UTC)
    assert seen.words == "3 columns: customer, amount, ordered_at; newest 2026-10-01 00:00 CEST"


def test_a_source_without_a_row_has_no_newest(project: Path, inbox: MailServer) -> None:
    with sqlite3.connect(project / "shop.db") as shop:
        shop.execute("DELETE FROM orders")
    shop.close()
    fresh(project, "{type: freshness, source: orders, column: ordered_at, within: 1d}")

    seen = looked(scope_of(project))[NAME]

    assert (seen.state, seen.newest) == (State.OK, None)
    assert seen.words.endswith("; without any row")


def test_a_column_that_tells_no_time_is_a_fault(project: Path, inbox: MailServer) -> None:
    fresh(project, "{type: freshness, source: orders, column: customer, within: 1d}")

    assert "customer" in failure(looked(scope_of(project)), NAME).words
