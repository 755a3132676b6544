"""Files on an SFTP server: what a spec may ask for, what arrives, and what a faulty server spoils."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from pydantic import ValidationError

from channels.uploads import PDF, Deliver, channel, content, failure, send
from demo.sftp_server import SftpServer
from scheduled_reports.audience import RunAudience
from scheduled_reports.channels import Receipt
from scheduled_reports.channels.sftp import Sftp
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, SpecError, UncertainDeliveryError

pytestmark = pytest.mark.usefixtures("home")
CSV = ("sales.csv", "text/csv", b"a;b\r\n1;2\r\n")


# What a spec may say


def place(of: Sftp, words: Mapping[str, Any]) -> str:
    (recipient,) = of.recipients(RunAudience(words))
    return recipient.address


def test_the_recipient_is_the_filled_folder_and_nothing_is_asked_for_it(delivery: Deliver) -> None:
    words = delivery("").words

    assert place(channel(), words) == "sftp://sftp_default/in/sales/2026-03-03"
    absolute = channel(path="/data//{{ parameters.region }}/", connection="bank")
    assert place(absolute, words) == "sftp://bank//data/Süd"
    assert channel(files=["pdf", "csv", "pdf"]).formats() == ("pdf", "csv")


@pytest.mark.parametrize("region", ["..", "a/../../b", "..\\b", "a\nb", "\x00"])
def test_a_path_that_leads_out_of_its_folder_is_refused(delivery: Deliver, region: str) -> None:
    words = {**delivery("").words, "parameters": {"region": region}}

    with pytest.raises(SpecError, match="cannot be used"):
        place(channel(path="in/{{ parameters.region }}"), words)


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


def test_a_folder_that_has_the_name_of_a_file_is_told(server: SftpServer, delivery: Deliver) -> None:
    (server.root / "in" / CSV[0] / "occupied").mkdir(parents=True)

    error = failure(channel(path="in", files="csv"), delivery, csv=CSV)

    assert (type(error), error.retryable) == (DeliveryError, False)
    assert (error.what, error.why) == (f"no file can be put at in/{CSV[0]}", "there is a folder of that name")
    assert content(server.root) == {}


def test_a_name_that_the_server_refuses_leaves_nothing_behind(
    faulty: Callable[[type[asyncssh.SFTPServer]], Path], delivery: Deliver
) -> None:
    class Stubborn(asyncssh.SFTPServer):
        def posix_rename(self, *_: bytes) -> None:
            raise asyncssh.SFTPFailure("not today")

        rename = posix_rename

    root = faulty(Stubborn)
    (root / "in").mkdir()
    (root / "in" / CSV[0]).write_bytes(b"the old one")

    for _ in range(2):
        error = failure(channel(path="in", files="csv"), delivery, csv=CSV)

        assert (type(error), error.retryable, error.why) == (DeliveryError, True, "not today")
        assert f"cannot be renamed to in/{CSV[0]}" in error.what
        assert content(root) == {f"in/{CSV[0]}": b"the old one"}


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
