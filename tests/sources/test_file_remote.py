"""The source `file` over a real SFTP server, and over object storage: the whole file, or an error."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from airflow.sdk.io.store import attach
from fsspec.implementations.memory import MemoryFileSystem

from channels.faulty_sftp import FaultySftp
from demo.sftp_server import SftpServer
from file_runs import fault, file_run, rows_of, told
from scheduled_reports.errors import UnknownConnectionError
from scheduled_reports.file_arrived import look
from scheduled_reports.steps.extract import extract
from session import free_port

CONTENT = "id,name\n" + "".join(f"{number},name {number}\n" for number in range(100_000))
Connect = Callable[..., None]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Know no hosts, keys or agent."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


@pytest.fixture
def server(tmp_path: Path, connection: Connect) -> Iterator[SftpServer]:
    with SftpServer(tmp_path / "root", tmp_path / "key") as running:
        fields = {"host": "127.0.0.1", "port": running.port, "login": "reports", "password": "reports"}
        connection("drop", conn_type="sftp", **fields, extra={"host_key": running.host_key_line})
        connection("stranger", conn_type="sftp", **fields)
        connection("wrong", conn_type="sftp", **{**fields, "password": "no"}, extra={"host_key": running.host_key_line})
        (running.root / "in").mkdir(parents=True)
        yield running


@pytest.fixture
def faulty(tmp_path: Path, connection: Connect) -> Iterator[Callable[[type[asyncssh.SFTPServer]], Path]]:
    """Start an SFTP server with the faults of a class; returns its folder."""
    running: list[FaultySftp] = []

    def start(files: type[asyncssh.SFTPServer]) -> Path:
        one = FaultySftp(tmp_path / "root", files).__enter__()
        running.append(one)
        fields = {"conn_type": "sftp", "host": "127.0.0.1", "port": one.port, "login": "me", "password": "any"}
        connection("drop", **fields, extra={"host_key": one.host_key})
        (one.root / "calls.csv").write_text(CONTENT)
        return one.root

    yield start
    for one in running:
        one.__exit__(None, None, None)


def test_files_are_read_from_an_sftp_server_through_its_connection(tmp_path: Path, server: SftpServer) -> None:
    (server.root / "in/calls_20261001.csv").write_text(CONTENT)
    (server.root / "in/calls_20260930.csv").write_text("id,name\n-1,old\n")

    rows = rows_of(tmp_path, "sftp://drop@/in/calls_{{ period.start:%Y%m%d }}.csv", file_column="source")

    assert len(rows) == 100_000
    assert rows[-1] == {"id": 99_999, "name": "name 99999", "source": "sftp://drop@/in/calls_20261001.csv"}


@pytest.mark.parametrize("path", ["in/*.csv", "~/in/*.csv", "**/c?lls_[12].csv"])
def test_wildcards_work_on_a_server(tmp_path: Path, server: SftpServer, path: str) -> None:
    for number in (2, 1):
        (server.root / f"in/calls_{number}.csv").write_text(f"id\n{number}\n")
    (server.root / "in/.calls_3.csv.part").write_text("id\n3\n")
    (server.root / "in/linked_4.csv").symlink_to("calls_1.csv")

    ids = [row["id"] for row in rows_of(tmp_path, f"sftp://drop@/{path}")]

    assert ids == ([1, 2, 1] if "in/*" in path else [1, 2])


@pytest.mark.parametrize(
    ("path", "what", "why"),
    [
        ("sftp://drop@/in/calls_2.csv", "there is no file sftp://drop@/in/calls_2.csv",
         "sftp://drop@/in holds calls_1.csv"),
        ("sftp://drop@/out/x.csv", "there is no file sftp://drop@/out/x.csv", "sftp://drop@/out is not there either"),
        ("sftp://drop@/in/*.tsv", "there is no file that matches sftp://drop@/in/*.tsv",
         "sftp://drop@/in holds calls_1.csv"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_there_yet_may_come(
    tmp_path: Path, server: SftpServer, path: str, what: str, why: str
) -> None:
    (server.root / "in/calls_1.csv").write_text("id\n1\n")

    error = fault(tmp_path, path)

    assert (error.what, error.why) == (f"source 'orders' (sales.yaml:4): {what}", why)
    assert error.retryable


@pytest.mark.parametrize(
    ("path", "told_of", "retryable"),
    [
        ("sftp://stranger@/in/x.csv", "is not known here", False),
        ("sftp://wrong@/in/x.csv", "Authentication failed", False),
        ("sftp://drop@in/x.csv", "write it with its connection and no host: sftp://conn_id@/in/calls.csv", False),
        ("sftp:///in/x.csv", "write it with its connection and no host: sftp://conn_id@/in/calls.csv", False),
    ],
)
def test_a_server_that_lets_nobody_in_is_told(
    tmp_path: Path, server: SftpServer, path: str, told_of: str, retryable: bool
) -> None:
    error = fault(tmp_path, path)

    assert told_of in str(error)
    assert error.retryable == retryable
    assert "source 'orders' (sales.yaml:4)" in error.what


def test_a_server_that_is_down_may_come_back(tmp_path: Path, connection: Connect) -> None:
    connection("drop", conn_type="sftp", host="127.0.0.1", port=free_port(), login="me", password="x")

    error = fault(tmp_path, "sftp://drop@/in/x.csv")

    assert "cannot be used" in error.what
    assert error.retryable


@pytest.mark.parametrize("path", ["sftp://none@/in/x.csv", "s3://none@bucket/x.csv"])
def test_a_connection_that_there_is_not_is_told(tmp_path: Path, path: str) -> None:
    with pytest.raises(UnknownConnectionError, match="there is no Airflow connection 'none'"):
        extract(file_run(tmp_path, path))


class Breaks(asyncssh.SFTPServer):
    """Hangs up in the middle of a file."""

    def read(self, file_obj: Any, offset: int, size: int) -> bytes:
        if offset > 300_000:
            self.channel.get_connection().abort()
        return super().read(file_obj, offset, size)  # type: ignore[return-value]


class EndsEarly(asyncssh.SFTPServer):
    """Says that a file has ended where it has not."""

    def read(self, file_obj: Any, offset: int, size: int) -> bytes:
        return b"" if offset > 300_000 else super().read(file_obj, offset, size)  # type: ignore[return-value]


class Refuses(asyncssh.SFTPServer):
    """Lets nobody read."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        raise asyncssh.SFTPPermissionDenied("not for you")


class Grows(asyncssh.SFTPServer):
    """Has a file that is still written to."""

    def close(self, file_obj: Any) -> None:
        super().close(file_obj)
        with Path(os.fsdecode(self._chroot), "calls.csv").open("a") as file:
            file.write("1,late\n")


@pytest.mark.parametrize(
    ("files", "why", "retryable"),
    [
        (Breaks, "", True),
        (EndsEarly, "", True),
        (Refuses, "not for you", False),
        (Grows, "or it changed meanwhile", True),
    ],
)
def test_a_file_that_does_not_arrive_whole_gives_nothing(
    tmp_path: Path, faulty: Callable[..., Path], files: type[asyncssh.SFTPServer], why: str, retryable: bool
) -> None:
    faulty(files)

    error = fault(tmp_path, "sftp://drop@/calls.csv", on_bad_row="quarantine")

    assert error.what == "source 'orders' (sales.yaml:4): sftp://drop@/calls.csv cannot be read"
    assert why in error.why
    assert error.why
    assert error.retryable == retryable


def test_files_are_read_from_object_storage(tmp_path: Path) -> None:
    files = attach("memory", fs=MemoryFileSystem()).fs
    files.pipe(f"/{tmp_path.name}/in/1.jsonl", b'{"id": 1}\n')
    files.pipe(f"/{tmp_path.name}/in/2.jsonl", b'{"id": 2}\n')

    assert rows_of(tmp_path, f"memory://{tmp_path.name}/in/*.jsonl", file_column="source") == [
        {"id": 1, "source": f"memory:///{tmp_path.name}/in/1.jsonl"},
        {"id": 2, "source": f"memory:///{tmp_path.name}/in/2.jsonl"},
    ]
    error = fault(tmp_path, f"memory://{tmp_path.name}/in/3.jsonl")
    assert told(error, tmp_path).partition(": ")[2].startswith("there is no file memory://")


def test_storage_whose_package_is_not_installed_says_what_to_install(tmp_path: Path) -> None:
    error = fault(tmp_path, "hdfs://host/x.csv")

    assert "hdfs" in str(error)
    assert not error.retryable


def test_the_schedules_trigger_sees_the_same_files(tmp_path: Path, server: SftpServer) -> None:
    (server.root / "in/calls_1.csv").write_text("id\n1\n")

    [found] = look("sftp://drop@/in/*.csv").values()

    assert (found.path, found.size) == ("/in/calls_1.csv", 5)
