"""Each destination: it would take what a report delivers, and gets nothing by being asked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from channels.faulty_sftp import FaultySftp
from channels.faulty_smtp import HANG_UP, FaultySmtp
from demo.mail_server import MailServer
from demo.sftp_server import SftpServer
from looking import failure, looked, scope_of
from runs import connect_mail
from scheduled_reports.live.base import State
from specs import SALES, write

Connect = Callable[..., None]
MAIL = "destination sales.email"
SFTP = "destination sales.sftp"


def to_partner(folder: Path, path: str = "in/{{ period.slug }}") -> None:
    start, end = SALES.index("deliver:"), SALES.index("schedules:")
    deliver = f"deliver:\n  - {{type: sftp, connection: partner, path: '{path}', files: csv}}\n"
    where = "parameters:\n  where: {type: text, default: '..'}\n"
    write(folder, (SALES[:start] + deliver + SALES[end:]).replace("sources:\n", f"{where}sources:\n", 1))


def connect_partner(connection: Connect, server: Any, password: str = "reports") -> None:
    key = getattr(server, "host_key_line", None) or server.host_key
    connection("partner", conn_type="sftp", host="127.0.0.1", port=server.port, login="reports", password=password,
               extra={"host_key": key, "look_for_keys": "false"})  # fmt: skip


def test_a_mail_server_is_asked_for_every_recipient_and_sends_nothing(project: Path, inbox: MailServer) -> None:
    write(project)

    found = looked(scope_of(project))

    name = f"127.0.0.1:{inbox.port}"
    assert found[MAIL].words == f"{name} takes mail from reports@northwind.example and 2 recipients"
    assert found["owner mail mail"].words == f"{name} takes mail from reports@northwind.example and 1 recipient"
    assert inbox.messages() == []


def test_every_recipient_whom_the_server_refuses_is_named(project: Path, inbox: MailServer) -> None:
    write(project, SALES.replace("ann@", "nobody@"))

    seen = failure(looked(scope_of(project)), MAIL)

    assert "refuses 1 of 2 recipients: nobody@northwind.example: 550 5.1.1" in seen.words
    assert seen.fix == "correct the addresses in the spec"


def test_every_hour_no_recipient_is_asked_for(project: Path, connection: Connect) -> None:
    write(project)
    with FaultySmtp({}) as server:
        connect_mail(connection, server.port)
        seen = looked(scope_of(project, thorough=False))[MAIL]

    assert seen.state is State.OK
    assert "MAIL FROM:<reports@northwind.example>" in {command.strip() for command in server.commands}
    assert not [command for command in server.commands if command.startswith(("RCPT", "DATA"))]


def test_a_mail_server_that_refuses_the_sender(project: Path, connection: Connect) -> None:
    write(project)
    with FaultySmtp({"MAIL": "553 5.7.1 not yours"}) as server:
        connect_mail(connection, server.port)
        found = looked(scope_of(project))

    seen = failure(found, MAIL)
    assert "no mail from reports@northwind.example can be sent" in seen.words
    assert "553 5.7.1 not yours" in seen.words
    assert seen.fix == "set one that it may send for"
    assert failure(found, "owner mail mail").fix == "set one that it may send for"


def test_a_recipient_who_is_put_off_is_not_refused(project: Path, connection: Connect) -> None:
    write(project)
    with FaultySmtp({"RCPT": "450 4.2.0 greylisted, come again"}) as server:
        connect_mail(connection, server.port)

        assert looked(scope_of(project))[MAIL].state is State.OK


def test_a_mail_server_that_hangs_up_in_between(project: Path, connection: Connect) -> None:
    write(project)
    with FaultySmtp({"RCPT": HANG_UP}) as server:
        connect_mail(connection, server.port)

        assert "broke the connection" in failure(looked(scope_of(project)), MAIL).words


def test_a_connection_without_a_sender(project: Path, inbox: MailServer, connection: Connect) -> None:
    write(project)
    connection("mail", conn_type="smtp", host="127.0.0.1", port=inbox.port,
               extra={"disable_ssl": True, "disable_tls": True})  # fmt: skip

    assert "has no sender" in failure(looked(scope_of(project)), MAIL).words


def test_a_folder_is_written_to_and_nothing_is_left(project: Path, inbox: MailServer, connection: Connect) -> None:
    to_partner(project)
    with SftpServer(project / "root", project / "key") as server:
        connect_partner(connection, server)
        (project / "root" / "in" / "2026-10-01").mkdir(parents=True)
        seen = looked(scope_of(project))[SFTP]

    assert seen.words == "in/2026-10-01 can be written"
    assert [path for path in (project / "root").rglob("*") if path.is_file()] == []


def test_a_folder_that_is_not_there_yet_is_not_made(project: Path, inbox: MailServer, connection: Connect) -> None:
    to_partner(project)
    with SftpServer(project / "root", project / "key") as server:
        connect_partner(connection, server)
        seen = looked(scope_of(project))[SFTP]

    assert seen.words == ". can be written; in/2026-10-01 is made when it is needed"
    assert list((project / "root").iterdir()) == []


def test_every_hour_a_folder_is_only_looked_at(project: Path, inbox: MailServer, connection: Connect) -> None:
    written: list[bytes] = []

    class Watched(asyncssh.SFTPServer):
        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            written.append(path)
            return super().open(path, pflags, attrs)

    to_partner(project)
    with FaultySftp(project / "root", Watched) as server:
        connect_partner(connection, server)
        hourly = looked(scope_of(project, thorough=False))[SFTP]
        before = list(written)
        looked(scope_of(project))

    assert hourly.words == ". is there; in/2026-10-01 is made when it is needed"
    assert before == []
    assert len(written) == 1


def test_a_folder_that_may_not_be_written(project: Path, inbox: MailServer, connection: Connect) -> None:
    class ReadOnly(asyncssh.SFTPServer):
        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            raise asyncssh.SFTPPermissionDenied("this folder is read-only")

    to_partner(project)
    with FaultySftp(project / "root", ReadOnly) as server:
        connect_partner(connection, server)
        seen = failure(looked(scope_of(project)), SFTP)

    assert ". cannot be written on the server of the Airflow connection 'partner'" in seen.words
    assert seen.fix == "correct the path, or have it permitted"


def test_a_file_that_cannot_be_renamed_is_not_left(project: Path, inbox: MailServer, connection: Connect) -> None:
    class Stubborn(asyncssh.SFTPServer):
        def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
            raise asyncssh.SFTPPermissionDenied("names stay")

    to_partner(project)
    with FaultySftp(project / "root", Stubborn) as server:
        connect_partner(connection, server)
        seen = failure(looked(scope_of(project)), SFTP)

    assert "cannot be renamed" in seen.words
    assert list((project / "root").iterdir()) == []


def test_a_folder_whose_name_is_a_file(project: Path, inbox: MailServer, connection: Connect) -> None:
    to_partner(project, "in")
    with SftpServer(project / "root", project / "key") as server:
        connect_partner(connection, server)
        (project / "root" / "in").write_text("not a folder")
        seen = failure(looked(scope_of(project)), SFTP)

    assert "in is a file" in seen.words


@pytest.mark.parametrize("thorough", [True, False])
def test_a_template_that_leads_upwards(project: Path, inbox: MailServer, connection: Connect, thorough: bool) -> None:
    to_partner(project, "{{ parameters.where }}/in")
    with SftpServer(project / "root", project / "key") as server:
        connect_partner(connection, server)
        found = looked(scope_of(project, thorough=thorough))

    assert "cannot be used" in failure(found, SFTP).words
