"""The source `http` when the server, the line or the disk fails: a part is never taken for all."""

from __future__ import annotations

import gzip
import resource
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from http_server import Asked, Reply, api_run, connect_api, extracted, failure, pages_of, serving
from scheduled_reports.errors import SourceError
from scheduled_reports.steps.extract import extract
from session import free_port

Connect = Callable[..., None]

JSON = {"Content-Type": "application/json"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DRIP = 10_000


def sends(*parts: bytes) -> Reply:
    """Return an answer of these bytes, after which the connection is closed."""

    def raw(file: Any, ended: Event) -> None:
        for part in parts:
            file.write(part)
            file.flush()

    return Reply(raw=raw)


def drips(beginning: bytes) -> Reply:
    """Return an answer that begins so and goes on with a byte every 20 ms until the test ends."""

    def raw(file: Any, ended: Event) -> None:
        file.write(beginning)
        for _ in range(DRIP):
            file.write(b" ")
            file.flush()
            if ended.wait(0.02):
                return

    return Reply(raw=raw)


def hangs(beginning: bytes) -> Reply:
    """Return an answer that begins so and says nothing more until the test ends."""

    def raw(file: Any, ended: Event) -> None:
        file.write(beginning)
        file.flush()
        ended.wait(20)

    return Reply(raw=raw)


@pytest.mark.parametrize(
    "reply",
    [
        sends(HEAD + b'Content-Length: 100\r\n\r\n[{"id": 1}]'),
        sends(HEAD + b'Transfer-Encoding: chunked\r\n\r\nb\r\n[{"id": 1}]\r\n'),
        sends(HEAD + b'Transfer-Encoding: chunked\r\n\r\nff\r\n[{"id": 1}]'),
        sends(HEAD + b'Connection: close\r\n\r\n[{"id": 1}, {"id"'),
        sends(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 40\r\n\r\n" + gzip.compress(b"[" + b"1," * 999)[:40]),
        sends(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 11\r\n\r\nno gzip at."),
        sends(b""),
        sends(b"HTTP/1.1 200 OK\r\nContent-"),
    ],
    ids=["length", "last chunk", "chunk", "no length", "gzip", "no gzip", "nothing", "head"],
)
def test_an_answer_that_is_cut_is_no_answer_and_worth_another_attempt(
    tmp_path: Path, connection: Connect, reply: Reply
) -> None:
    error = failure(tmp_path, connection, "path: /o", reply)

    assert error.retryable, str(error)


def test_a_cut_on_the_second_page_leaves_nothing(tmp_path: Path, connection: Connect) -> None:
    def handle(asked: Asked) -> Reply:
        cut = sends(HEAD + b'Content-Length: 100\r\n\r\n{"data": [{"id"')
        return cut if asked.one("page") == "2" else Reply({"data": [{"id": 1}]})

    error = failure(tmp_path, connection, "path: /o\nrecords: data\npagination: {type: page}", handle)

    assert "page 2: GET http://127.0.0.1" in str(error)
    assert "broke off in the middle" in str(error)
    assert not (tmp_path / "out" / "orders.parquet").exists()


@pytest.mark.parametrize("kind", ["text/csv", "application/x-ndjson"])
def test_rows_without_a_stated_end_might_be_cut_and_are_refused(tmp_path: Path, connection: Connect, kind: str) -> None:
    reply = sends(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode(), b'{"id":1}\n')

    error = failure(tmp_path, connection, "path: /o", reply)

    assert "does not say where it ends" in str(error)
    assert "total_header" in error.fix


def test_rows_without_a_stated_end_count_where_their_number_does(tmp_path: Path, connection: Connect) -> None:
    reply = sends(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nConnection: close\r\nX-Total: 1\r\n\r\nid\n1\n")
    with serving(lambda _: reply) as server:
        connect_api(connection, server)

        assert extracted(api_run(tmp_path, "path: /o\ntotal_header: X-Total"), tmp_path) == [{"id": "1"}]


@pytest.mark.parametrize("reply", [hangs(b""), hangs(HEAD), hangs(HEAD + b"Content-Length: 9\r\n\r\n[")])
def test_a_server_that_is_silent_is_given_up(tmp_path: Path, connection: Connect, reply: Reply) -> None:
    error = failure(tmp_path, connection, "path: /o\ntimeout: 0.1", reply)

    assert "is not answered: silent for 0.1 s" in str(error)
    assert error.retryable


@pytest.mark.parametrize(
    "reply",
    [
        drips(HEAD + b"Content-Length: 1000000\r\n\r\n["),
        drips(HEAD + b"Connection: close\r\n\r\n["),
        drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffff\r\n["),
        drips(HEAD + b"X-Slow:"),
        drips(b"HTTP/1.1"),
    ],
    ids=["length", "no length", "chunk", "header", "status"],
)
def test_a_server_that_drips_for_ever_is_cut_off(tmp_path: Path, connection: Connect, reply: Reply) -> None:
    error = failure(tmp_path, connection, "path: /o\ntime_limit: 0.3", reply)

    assert "was cut off: the whole took longer than 0.3 s" in str(error)
    assert "time_limit" in error.fix
    assert error.retryable


def test_nobody_listening_is_worth_another_attempt(tmp_path: Path, connection: Connect) -> None:
    connection("api", conn_type="http", host="127.0.0.1", port=free_port())

    with pytest.raises(SourceError, match=r"cannot be reached: .*Connection refused") as caught:
        extracted(api_run(tmp_path, "path: /o"), tmp_path)

    assert caught.value.retryable
    assert "host and port of the connection 'api'" in caught.value.fix


def test_a_full_disk_is_told_with_the_folder(
    tmp_path: Path, connection: Connect, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(lambda _: Reply([{"text": f"{number:>40}"} for number in range(20_000)])) as server:
        connect_api(connection, server)
        run = api_run(tmp_path, "path: /o")
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
        try:
            with pytest.raises(SourceError, match="source 'orders' cannot be written to") as caught:
                extract(run)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert caught.value.retryable
    assert "free space" in caught.value.fix


def test_an_answer_that_unpacks_to_more_than_allowed_is_refused(tmp_path: Path, connection: Connect) -> None:
    bomb = gzip.compress(b"[" + b"1," * 5_000_000 + b"1]")
    reply = Reply(bomb, headers={"Content-Encoding": "gzip", **JSON})

    error = failure(tmp_path, connection, "path: /o\nmax_megabytes: 1", reply)

    assert len(bomb) < 100_000
    assert "answered with more than 1 MB" in str(error)


def test_a_record_that_memory_should_not_hold_is_refused(
    tmp_path: Path, connection: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduled_reports.http.json_scan.LONGEST", 1_000_000)
    reply = Reply({"data": ["x" * 1000] * 1500})

    assert "has a value of more than" in str(failure(tmp_path, connection, "path: /o\nrecords: .", reply))
    with serving(lambda _: reply) as server:
        connect_api(connection, server)
        assert len(extracted(api_run(tmp_path, "path: /o\nrecords: data"), tmp_path)) == 1500


def test_a_rate_spaces_the_requests(tmp_path: Path, connection: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("scheduled_reports.http.client.time.sleep", waits.append)
    with serving(pages_of([{"id": 1}, {"id": 2}], 1)) as server:
        connect_api(connection, server)
        extracted(api_run(tmp_path, "path: /o\nrecords: data\npagination: {type: page}\nrate: 0.5"), tmp_path)

    assert [round(wait) for wait in waits] == [0, 2, 2]
