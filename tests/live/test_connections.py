"""Each connection that a report names: it is there, and what is behind it lets us in."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.mail_server import MailServer
from demo.sftp_server import SftpServer
from looking import failure, looked, scope_of
from scheduled_reports.live.base import State
from specs import SALES, write

Connect = Callable[..., None]
PLAIN = {"disable_ssl": True, "disable_tls": True, "from_email": "reports@northwind.example", "timeout": 5}
SFTP = "deliver:\n  - {type: sftp, connection: partner, path: in, files: csv}\n"


def test_a_spec_whose_connections_answer_has_no_fault(project: Path, inbox: MailServer) -> None:
    write(project)

    found = looked(scope_of(project))

    assert {seen.state for seen in found.values()} == {State.OK}, found
    assert found["connection shop"].words == f"{project}/shop.db lets us in"
    assert found["connection mail"].words == f"the mail server 127.0.0.1:{inbox.port} lets us in"
    assert inbox.messages() == []


def test_each_connection_is_asked_once_with_all_reports_that_need_it(project: Path, inbox: MailServer) -> None:
    write(project)
    write(project, SALES, "other")

    found = looked(scope_of(project))

    assert found["connection shop"].thing.reports == ("other", "sales")
    assert sum(title.startswith("connection ") for title in found) == 2


def test_a_connection_that_is_not_there_says_how_to_add_it(project: Path, inbox: MailServer) -> None:
    write(project, SALES.replace("connection: shop", "connection: shopp"))

    found = looked(scope_of(project))

    assert "there is no Airflow connection 'shopp'" in failure(found, "connection shopp").words
    assert "airflow connections add shopp" in found["connection shopp"].fix
    assert found["source sales.orders"].state is State.BLOCKED


def test_a_database_file_that_is_not_there_is_not_made(project: Path, inbox: MailServer, connection: Connect) -> None:
    write(project)
    connection("shop", conn_type="sqlite", host=str(project / "none.db"))

    assert f"there is no file {project}/none.db" in failure(looked(scope_of(project)), "connection shop").words
    assert not (project / "none.db").exists()


def test_a_mail_server_that_is_not_up(project: Path, closed: int, connection: Connect) -> None:
    write(project)
    connection("mail", conn_type="smtp", host="127.0.0.1", port=closed, extra=PLAIN)

    found = looked(scope_of(project))

    assert "Connection refused" in failure(found, "connection mail").words
    assert "whether the server is up" in found["connection mail"].fix
    assert found["destination sales.email"].state is State.BLOCKED
    assert found["source sales.orders"].state is State.OK


def test_a_mail_server_with_another_password(project: Path, connection: Connect) -> None:
    write(project)
    with MailServer(project / "inbox", username="me", password="right") as server:
        connection("mail", conn_type="smtp", host="127.0.0.1", port=server.port, login="me", password="wrong",
                   extra=PLAIN)  # fmt: skip
        found = looked(scope_of(project))

    assert "535" in failure(found, "connection mail").words
    assert found["connection mail"].fix == "correct the login and password of the Airflow connection 'mail'"


def test_a_mail_server_that_never_answers_does_not_hang_the_others(
    project: Path, silent: int, connection: Connect
) -> None:
    write(project)
    connection("mail", conn_type="smtp", host="127.0.0.1", port=silent, extra={**PLAIN, "timeout": 60})

    found = looked(scope_of(project), dt.timedelta(seconds=1))

    assert failure(found, "connection mail").words == "no answer within 1 s"
    assert found["destination sales.email"].state is State.BLOCKED
    assert found["source sales.orders"].state is State.OK


def test_a_database_server_that_never_answers_says_so(project: Path, silent: int, connection: Connect) -> None:
    pytest.importorskip("pymysql")
    write(project)
    connection("shop", conn_type="mysql", host="127.0.0.1", port=silent, login="me", password="x", schema="shop",
               extra={"client": "pymysql"})  # fmt: skip

    found = looked(scope_of(project), dt.timedelta(seconds=1))

    assert failure(found, "connection shop").words == "no answer within 1 s"
    assert found["source sales.orders"].state is State.BLOCKED


def test_an_sftp_server_with_another_password(project: Path, inbox: MailServer, connection: Connect) -> None:
    start = SALES.index("deliver:")
    write(project, SALES[:start] + SFTP + SALES[SALES.index("schedules:") :])
    with SftpServer(project / "root", project / "key") as server:
        connection("partner", conn_type="sftp", host="127.0.0.1", port=server.port, login="reports", password="wrong",
                   extra={"host_key": server.host_key_line, "look_for_keys": "false"})  # fmt: skip
        found = looked(scope_of(project))

    assert "cannot be used" in failure(found, "connection partner").words
    assert found["connection partner"].fix == "correct the login, and the password or key"


def test_an_ftp_server_is_asked_by_the_destination_that_knows_how_it_is_encrypted(
    project: Path, inbox: MailServer, connection: Connect
) -> None:
    start = SALES.index("deliver:")
    write(project, SALES[:start] + SFTP.replace("sftp", "ftp") + SALES[SALES.index("schedules:") :])
    connection("partner", conn_type="ftp", host="127.0.0.1", port=1)

    found = looked(scope_of(project))

    assert found["connection partner"].words == "127.0.0.1; whether it lets us in is asked with each destination"
    assert "127.0.0.1:1" in failure(found, "destination sales.ftp").words


def test_a_connection_of_which_nothing_can_be_asked_is_only_there(project: Path, inbox: MailServer,
                                                                  connection: Connect,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    write(project)
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__MASKING_CONN_ID", "masking")
    connection("masking", conn_type="generic", password="secret")

    seen = looked(scope_of(project))["connection masking"]

    assert seen.state is State.OK
    assert seen.words == "it is there; nothing else can be asked of its type, 'generic'"
