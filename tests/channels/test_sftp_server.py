"""The way to an SFTP server: whom we trust, who is let in, and the Airflow connection that names them."""

import logging
import socket
import threading

import asyncssh
import pytest

from channels.uploads import PDF, Connect, Deliver, channel, content, failure, point_at, send
from demo.sftp_server import SftpServer
from scheduled_reports.errors import UnknownConnectionError

pytestmark = pytest.mark.usefixtures("home")


def test_an_unknown_host_key_is_refused_and_shown(server: SftpServer, connection: Connect, delivery: Deliver) -> None:
    fields = {"conn_type": "sftp", "host": "127.0.0.1", "port": server.port, "login": "reports", "password": "reports"}
    connection("sftp_default", **fields)

    error = failure(channel(), delivery)

    assert not error.retryable
    fingerprint = asyncssh.import_public_key(server.host_key_line).get_fingerprint()
    assert f"ssh-ed25519 {fingerprint}" in error.why
    assert f"ssh-keyscan -p {server.port} 127.0.0.1" in error.fix
    assert "host_key" in error.fix
    assert content(server.root) == {}


def test_another_host_key_than_the_known_one_is_refused_and_both_are_shown(
    server: SftpServer, connection: Connect, delivery: Deliver
) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519")
    line = " ".join(other.export_public_key().decode().split()[:2])
    point_at(connection, server, host_key=line)

    error = failure(channel(), delivery)

    assert not error.retryable
    assert other.get_fingerprint() in error.why
    assert asyncssh.import_public_key(server.host_key_line).get_fingerprint() in error.why


def test_a_connection_may_switch_the_host_key_check_off(
    server: SftpServer, connection: Connect, delivery: Deliver
) -> None:
    fields = {"conn_type": "ssh", "host": "127.0.0.1", "port": server.port, "login": "reports", "password": "reports"}
    connection("sftp_default", **fields, extra={"no_host_key_check": True})

    send(channel(), delivery, pdf=PDF)

    assert len(content(server.root)) == 1


def test_a_wrong_password_is_told_once_and_for_all_and_tried_once(
    server: SftpServer, connection: Connect, delivery: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = []
    validate = "demo.sftp_server._Doorkeeper.validate_password"
    monkeypatch.setattr(validate, lambda _, username, password: attempts.append((username, password)))
    point_at(connection, server, password="wrong")

    error = failure(channel(), delivery)

    assert not error.retryable
    assert f"127.0.0.1:{server.port} of the Airflow connection 'sftp_default'" in error.what
    assert "password" in error.fix
    assert "wrong" not in str(error)
    assert attempts == [("reports", "wrong")]


def test_a_connection_without_password_or_key_is_told(
    server: SftpServer, connection: Connect, delivery: Deliver
) -> None:
    point_at(connection, server, password="")

    error = failure(channel(), delivery)

    assert not error.retryable
    assert "correct the login, and the password or key" in error.fix


def test_a_key_file_that_is_missing_is_told(server: SftpServer, connection: Connect, delivery: Deliver) -> None:
    point_at(connection, server, key_file="/nowhere/id_ed25519")

    error = failure(channel(), delivery)

    assert not error.retryable
    assert "key file" in error.fix


@pytest.mark.parametrize(
    "extra",
    [{"host_key": "ssh-ed25519"}, {"host_key": "ssh-ed25519 AAAA"}, {"private_key": "x"}, {"conn_timeout": "soon"}],
)
def test_an_extra_that_makes_no_sense_is_told(
    server: SftpServer, connection: Connect, delivery: Deliver, extra: dict[str, str]
) -> None:
    point_at(connection, server, **extra)

    error = failure(channel(), delivery)

    assert not error.retryable
    assert error.what == "the Airflow connection 'sftp_default' cannot be used"


def test_a_port_where_nobody_listens_is_told_and_may_be_tried_again(connection: Connect, delivery: Deliver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    connection("sftp_default", conn_type="sftp", host="127.0.0.1", port=port, login="me")

    error = failure(channel(), delivery)

    assert error.retryable
    assert f"127.0.0.1:{port}" in error.what
    assert error.why.endswith("Connection refused")


def test_a_host_that_does_not_exist_may_be_tried_again(connection: Connect, delivery: Deliver) -> None:
    connection("sftp_default", conn_type="sftp", host="sftp.invalid", login="me")

    error = failure(channel(), delivery)

    assert error.retryable
    assert "sftp.invalid:22" in error.what


def _hang_up(listener: socket.socket) -> None:
    listener.accept()[0].close()


def test_a_server_that_hangs_up_is_told_without_a_traceback_in_the_log(
    connection: Connect, delivery: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection("sftp_default", conn_type="sftp", host="127.0.0.1", port=listener.getsockname()[1], login="me")
        guest = threading.Thread(target=_hang_up, args=(listener,))
        guest.start()
        error = failure(channel(), delivery)
        guest.join()

    assert error.retryable
    assert [record for record in caplog.records if record.name.startswith("paramiko")] == []
    assert logging.getLogger("paramiko").level == logging.NOTSET


def test_a_missing_connection_or_one_of_another_type_is_told(connection: Connect, delivery: Deliver) -> None:
    with pytest.raises(UnknownConnectionError, match="'absent'"):
        send(channel(connection="absent"), delivery, pdf=PDF)
    connection("mail", conn_type="smtp", host="mail")
    with pytest.raises(UnknownConnectionError, match="'mail' is not an SFTP server's: its type is 'smtp'"):
        send(channel(connection="mail"), delivery, pdf=PDF)
