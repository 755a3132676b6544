"""SFTP, to real servers, healthy and faulty ones."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from pydantic import ValidationError

from channels.faulty_sftp import FaultySftp
from demo.sftp_server import SftpServer
from scheduled_reports.channels import Delivery, Receipt
from scheduled_reports.channels.sftp import Sftp
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, SpecError, UncertainDeliveryError, UnknownConnectionError

Connect = Callable[..., str]
Deliver = Callable[..., Delivery]
PDF = ("Umsätze 2026.pdf", "application/pdf", b"%PDF-1.7 \x00\xff" * 20_000)
CSV = ("sales.csv", "text/csv", b"a;b\r\n1;2\r\n")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without known hosts, keys or an agent."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return tmp_path


@pytest.fixture
def server(tmp_path: Path, connection: Connect) -> Iterator[SftpServer]:
    with SftpServer(tmp_path / "root", tmp_path / "key") as running:
        point_at(connection, running)
        yield running


def point_at(connection: Connect, running: SftpServer, password: str = "reports", **extra: Any) -> None:
    connection(
        "sftp_default",
        conn_type="sftp",
        host="127.0.0.1",
        port=running.port,
        login="reports",
        password=password,
        extra={"host_key": running.host_key_line, **extra},
    )


@pytest.fixture
def faulty(tmp_path: Path, connection: Connect) -> Iterator[Callable[[type[asyncssh.SFTPServer]], Path]]:
    """Start a server with the faults of a class; returns its folder."""
    running: list[FaultySftp] = []

    def start(files: type[asyncssh.SFTPServer]) -> Path:
        one = FaultySftp(tmp_path / "root", files).__enter__()
        running.append(one)
        fields = {"conn_type": "sftp", "host": "127.0.0.1", "port": one.port, "login": "me", "password": "any"}
        connection("sftp_default", **fields, extra={"host_key": one.host_key})
        return one.root

    yield start
    for one in running:
        one.__exit__(None, None, None)


def channel(**fields: Any) -> Sftp:
    return Sftp.model_validate(
        {"type": "sftp", "path": "in/{{ report.id }}/{{ period.slug }}", "files": "pdf", **fields}
    )


def send(to: Sftp, make: Deliver, **files: tuple[str, str, bytes]) -> Receipt:
    delivery = make("", **files)
    (recipient,) = to.recipients(delivery.words)
    with to.open(airflow_connection) as session:
        return session.send(make(recipient, **files))


def failure(to: Sftp, make: Deliver, **files: tuple[str, str, bytes]) -> DeliveryError:
    with pytest.raises(DeliveryError) as told:
        send(to, make, **(files or {"pdf": PDF}))
    return told.value


def content(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


# What a spec may say


def test_the_recipient_is_the_filled_folder_and_nothing_is_asked_for_it(delivery: Deliver) -> None:
    words = delivery("").words

    assert channel().recipients(words) == ("sftp://sftp_default/in/sales/2026-03-03",)
    assert channel(path="/data//{{ parameters.region }}/", connection="bank").recipients(words) == (
        "sftp://bank//data/Süd",
    )
    assert channel(files=["pdf", "csv", "pdf"]).formats() == ("pdf", "csv")


@pytest.mark.parametrize("region", ["..", "a/../../b", "..\\b", "a\nb", "\x00"])
def test_a_path_that_leads_out_of_its_folder_is_refused(delivery: Deliver, region: str) -> None:
    words = {**delivery("").words, "parameters": {"region": region}}

    with pytest.raises(SpecError, match="cannot be used"):
        channel(path="in/{{ parameters.region }}").recipients(words)


def test_an_upload_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        channel(files=[])


# What arrives


def test_the_files_arrive_whole_under_their_names_in_folders_made_for_them(
    server: SftpServer, delivery: Deliver
) -> None:
    receipt = send(channel(files=["pdf", "csv"]), delivery, pdf=PDF, csv=CSV)

    folder = "in/sales/2026-03-03"
    assert content(server.root) == {f"{folder}/{PDF[0]}": PDF[2], f"{folder}/{CSV[0]}": CSV[2]}
    assert receipt == Receipt(f"{folder}/{PDF[0]}, {folder}/{CSV[0]}", len(PDF[2]) + len(CSV[2]))


def test_a_second_upload_replaces_the_first(server: SftpServer, delivery: Deliver) -> None:
    send(channel(path="/"), delivery, pdf=PDF)
    send(channel(path="."), delivery, pdf=(PDF[0], PDF[1], b"new"))

    assert content(server.root) == {PDF[0]: b"new"}


def test_an_empty_file_arrives(server: SftpServer, delivery: Deliver) -> None:
    send(channel(path="/in"), delivery, pdf=("empty.pdf", "application/pdf", b""))

    assert content(server.root) == {"in/empty.pdf": b""}


def test_a_server_without_posix_rename_is_served_too(
    faulty: Callable[[type[asyncssh.SFTPServer]], Path], delivery: Deliver
) -> None:
    class Old(asyncssh.SFTPServer):
        def posix_rename(self, *_: bytes) -> None:
            raise asyncssh.SFTPOpUnsupported("Operation unsupported")

        def rename(self, oldpath: bytes, newpath: bytes) -> None:
            if Path(os.fsdecode(self.map_path(newpath))).exists():
                raise asyncssh.SFTPFailure("it exists")
            super().rename(oldpath, newpath)

    root = faulty(Old)
    for _ in range(2):
        send(channel(), delivery, pdf=PDF)

    assert content(root) == {f"in/sales/2026-03-03/{PDF[0]}": PDF[2]}


def test_no_file_appears_before_all_have_arrived(
    faulty: Callable[[type[asyncssh.SFTPServer]], Path], delivery: Deliver
) -> None:
    class DiskFull(asyncssh.SFTPServer):
        def write(self, file_obj: object, offset: int, data: bytes) -> int:
            if data.startswith(b"a;b"):
                raise asyncssh.SFTPFailure("No space left on device")
            return super().write(file_obj, offset, data)

    root = faulty(DiskFull)
    error = failure(channel(files=["pdf", "csv"]), delivery, pdf=PDF, csv=CSV)

    assert error.retryable
    assert "10 bytes were sent, and 0 arrived" in error.why
    assert "quota is full" in error.fix
    assert content(root) == {}


def test_the_servers_words_on_a_full_disk_are_told_where_they_reach_us(
    faulty: Callable[[type[asyncssh.SFTPServer]], Path], delivery: Deliver
) -> None:
    class DiskFull(asyncssh.SFTPServer):
        def open(self, *_: object) -> object:
            raise asyncssh.SFTPFailure("No space left on device")

    root = faulty(DiskFull)
    error = failure(channel(), delivery)

    assert (error.retryable, error.why) == (True, "No space left on device")
    assert content(root) == {}


# What goes wrong with the server


def test_a_file_that_does_not_arrive_whole_is_not_given_its_name(
    faulty: Callable[[type[asyncssh.SFTPServer]], Path], delivery: Deliver
) -> None:
    class Lossy(asyncssh.SFTPServer):
        def write(self, file_obj: object, offset: int, data: bytes) -> int:
            super().write(file_obj, offset, data[:-1])
            return len(data)

    root = faulty(Lossy)
    error = failure(channel(), delivery)

    assert error.retryable
    assert f"{len(PDF[2]):,} bytes were sent" in error.why
    assert content(root) == {}


def test_a_folder_that_may_not_be_made_is_told_with_its_path(
    faulty: Callable[[type[asyncssh.SFTPServer]], Path], delivery: Deliver
) -> None:
    class Guarded(asyncssh.SFTPServer):
        def mkdir(self, *_: object) -> None:
            raise asyncssh.SFTPPermissionDenied("Permission denied")

    faulty(Guarded)
    error = failure(channel(), delivery)

    assert (type(error), error.retryable) == (DeliveryError, False)
    assert "in/sales/2026-03-03" in error.what
    assert "'sftp_default'" in error.what


def test_a_folder_that_may_not_be_written_to_is_told_with_its_path(
    faulty: Callable[[type[asyncssh.SFTPServer]], Path], delivery: Deliver
) -> None:
    class ReadOnly(asyncssh.SFTPServer):
        def open(self, *_: object) -> object:
            raise asyncssh.SFTPPermissionDenied("Permission denied")

    faulty(ReadOnly)
    error = failure(channel(), delivery)

    assert not error.retryable
    assert "in/sales/2026-03-03" in error.what


def test_a_file_where_a_folder_should_be_is_told(server: SftpServer, delivery: Deliver) -> None:
    (server.root / "in").write_bytes(b"")

    error = failure(channel(path="in"), delivery)

    assert not error.retryable
    assert "in is a file" in error.why


def test_a_folder_that_somebody_else_makes_meanwhile_is_used(
    faulty: Callable[[type[asyncssh.SFTPServer]], Path], delivery: Deliver
) -> None:
    class Busy(asyncssh.SFTPServer):
        def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
            super().mkdir(path, attrs)
            raise asyncssh.SFTPFailure("it exists")

    root = faulty(Busy)
    send(channel(), delivery, pdf=PDF)

    assert list(content(root)) == [f"in/sales/2026-03-03/{PDF[0]}"]


def test_a_name_that_the_server_refuses_leaves_nothing_behind(server: SftpServer, delivery: Deliver) -> None:
    (server.root / "in" / CSV[0] / "occupied").mkdir(parents=True)

    error = failure(channel(path="in", files="csv"), delivery, csv=CSV)

    assert type(error) is DeliveryError
    assert f"cannot be renamed to in/{CSV[0]}" in error.what
    assert content(server.root) == {}


def test_a_connection_lost_during_the_upload_may_be_tried_again(
    faulty: Callable[[type[asyncssh.SFTPServer]], Path], delivery: Deliver
) -> None:
    class Dropping(asyncssh.SFTPServer):
        def write(self, file_obj: object, offset: int, data: bytes) -> int:
            self.channel.get_connection().abort()
            return super().write(file_obj, offset, data)

    faulty(Dropping)
    error = failure(channel(), delivery)

    assert (type(error), error.retryable) == (DeliveryError, True)


def test_a_connection_lost_while_the_file_is_given_its_name_leaves_it_uncertain(
    faulty: Callable[[type[asyncssh.SFTPServer]], Path], delivery: Deliver
) -> None:
    class Dropping(asyncssh.SFTPServer):
        def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
            super().posix_rename(oldpath, newpath)
            self.channel.get_connection().abort()

    root = faulty(Dropping)
    error = failure(channel(), delivery)

    assert isinstance(error, UncertainDeliveryError)
    assert list(content(root)) == [f"in/sales/2026-03-03/{PDF[0]}"]


def test_a_file_that_is_gone_is_told(server: SftpServer, delivery: Deliver) -> None:
    sent = delivery("sftp://sftp_default/in", pdf=PDF)
    sent.files["pdf"].unlink()

    with (
        channel().open(airflow_connection) as session,
        pytest.raises(DeliveryError, match=r"Umsätze 2026\.pdf cannot be read") as told,
    ):
        session.send(sent)

    assert told.value.retryable
    assert content(server.root) == {}


# Who is let in, and whom we trust


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
