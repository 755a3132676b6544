"""Files on a WebDAV server: what arrives, what stands in the way, and what a faulty one spoils."""

from __future__ import annotations

import datetime as dt
import errno
import io
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from cheroot.ssl.builtin import BuiltinSSLAdapter

from channels.stores import (
    CSV,
    PDF,
    App,
    Deliver,
    answering,
    channel,
    content,
    dav,
    dav_server,
    failure,
    parcel,
    send,
)
from scheduled_reports.audience import RunAudience
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, UncertainDeliveryError, UnknownConnectionError
from scheduled_reports.storages.links import link_to

Connect = Callable[..., str]
FOLDER = "in/sales/2026-03-03"


def cloud(**fields: Any) -> Any:
    return channel("webdav://cloud@/in/{{ report.id }}/{{ period.slug }}", **fields)


def test_the_files_arrive_whole_in_folders_made_for_them(
    connection: Connect, delivery: Deliver, tmp_path: Path
) -> None:
    with dav_server(tmp_path / "root") as port:
        dav(connection, port)
        where = cloud(files=["pdf", "csv"])
        receipt = send(where, parcel(where, delivery, pdf=PDF, csv=CSV))

    assert content(tmp_path / "root") == {f"{FOLDER}/{PDF[0]}": PDF[2], f"{FOLDER}/{CSV[0]}": CSV[2]}
    assert receipt.text.startswith(f"webdav://cloud@/{FOLDER}/{PDF[0]} (etag ")
    assert receipt.size == len(PDF[2]) + len(CSV[2])


def test_a_second_delivery_replaces_the_first(connection: Connect, delivery: Deliver, tmp_path: Path) -> None:
    with dav_server(tmp_path / "root") as port:
        dav(connection, port)
        for word in (b"older", b"new"):
            send(cloud(), parcel(cloud(), delivery, pdf=(*PDF[:2], word)))

    assert list(content(tmp_path / "root").values()) == [b"new"]


def test_where_it_must_not_the_very_same_file_is_fine_and_another_an_error(
    connection: Connect, delivery: Deliver, tmp_path: Path
) -> None:
    with dav_server(tmp_path / "root") as port:
        dav(connection, port)
        where = cloud(overwrite=False)
        receipts = [send(where, parcel(where, delivery)) for _ in range(2)]
        error = failure(where, parcel(where, delivery, pdf=(*PDF[:2], b"other")))

    assert receipts[0] == receipts[1]
    assert "another file is at " in str(error)
    assert list(content(tmp_path / "root").values()) == [PDF[2]]


@pytest.mark.parametrize("name", ["a;b.pdf", "a?b.pdf", "a#b.pdf", "100%.pdf"])
def test_a_name_that_would_become_another_is_refused(
    connection: Connect, delivery: Deliver, tmp_path: Path, name: str
) -> None:
    with dav_server(tmp_path / "root") as port:
        dav(connection, port)
        error = failure(cloud(), parcel(cloud(), delivery, pdf=(name, *PDF[1:])))

    assert "no file can be called" in str(error)
    assert not error.retryable
    assert content(tmp_path / "root") == {}


@pytest.mark.parametrize("thorough", [False, True])
def test_a_probe_leaves_nothing_behind_and_there_are_no_links(
    connection: Connect, delivery: Deliver, tmp_path: Path, thorough: bool
) -> None:
    made = parcel(cloud(), delivery)
    with dav_server(tmp_path / "root") as port:
        dav(connection, port)
        seen = cloud().probe(airflow_connection, RunAudience(made.words), thorough=thorough)
        link = link_to(cloud(), made.artifacts["pdf"], made.words, airflow_connection)

    assert seen.endswith("can be written" if thorough else "is made when it is needed")
    assert content(tmp_path / "root") == {}
    assert link is None


# Faults


@pytest.mark.parametrize(
    ("method", "status", "passes"),
    [
        ("PUT", "507 Insufficient Storage", True),
        ("PUT", "403 Forbidden", False),
        ("PUT", "423 Locked", True),
        ("PUT", "500 Internal Server Error", True),
        ("MOVE", "403 Forbidden", False),
        ("MOVE", "502 Bad Gateway", True),
        ("MKCOL", "403 Forbidden", False),
    ],
)
def test_what_the_server_refuses_leaves_nothing_behind(
    connection: Connect, delivery: Deliver, tmp_path: Path, method: str, status: str, passes: bool
) -> None:
    with dav_server(tmp_path / "root", answering(method, status)) as port:
        dav(connection, port)
        error = failure(cloud(), parcel(cloud(), delivery))

    assert not isinstance(error, UncertainDeliveryError)
    assert error.retryable == passes
    assert content(tmp_path / "root") == {}


def test_another_password_is_refused_for_good(connection: Connect, delivery: Deliver, tmp_path: Path) -> None:
    with dav_server(tmp_path / "root") as port:
        dav(connection, port, password="wrong-password")
        error = failure(cloud(), parcel(cloud(), delivery))

    assert "401" in str(error)
    assert not error.retryable
    assert "wrong-password" not in str(error)


def test_half_an_upload_is_found_out_and_removed(connection: Connect, delivery: Deliver, tmp_path: Path) -> None:
    def halved(app: App) -> App:
        def spoiled(environ: dict[str, Any], start: Any) -> Any:
            if environ["REQUEST_METHOD"] == "PUT":
                whole = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
                environ |= {"CONTENT_LENGTH": str(len(whole) // 2), "wsgi.input": io.BytesIO(whole[: len(whole) // 2])}
            return app(environ, start)

        return spoiled

    with dav_server(tmp_path / "root", halved) as port:
        dav(connection, port)
        error = failure(cloud(), parcel(cloud(), delivery))

    assert "is not whole" in str(error)
    assert f"{len(PDF[2]):,} bytes were sent, and {len(PDF[2]) // 2:,} arrived" in str(error)
    assert error.retryable
    assert content(tmp_path / "root") == {}


@pytest.mark.parametrize(("method", "doubt"), [("PUT", False), ("MOVE", True)])
def test_a_connection_that_breaks_leaves_a_doubt_only_while_the_file_gets_its_name(
    connection: Connect, delivery: Deliver, tmp_path: Path, method: str, doubt: bool
) -> None:
    def breaking(app: App) -> App:
        def spoiled(environ: dict[str, Any], start: Any) -> Any:
            if environ["REQUEST_METHOD"] == method:
                raise ConnectionResetError(errno.ECONNRESET, "gone")  # cheroot drops the connection without an answer
            return app(environ, start)

        return spoiled

    with dav_server(tmp_path / "root", breaking) as port:
        dav(connection, port, extra={"timeout": 2})
        error = failure(cloud(), parcel(cloud(), delivery))

    assert isinstance(error, UncertainDeliveryError) == doubt
    assert error.retryable


def test_a_server_that_is_not_there(connection: Connect, delivery: Deliver, tmp_path: Path) -> None:
    with dav_server(tmp_path / "root") as port:
        pass
    dav(connection, port)
    error = failure(cloud(), parcel(cloud(), delivery))

    assert error.retryable
    assert not isinstance(error, UncertainDeliveryError)


@pytest.mark.parametrize(
    ("why", "known", "fields"),
    [
        ("", True, {}),
        ("self-signed certificate|unable to get local issuer", False, {}),
        ("certificate has expired", True, {"not_after": dt.datetime(2020, 1, 2, tzinfo=dt.UTC)}),
    ],
    ids=["good", "unknown", "expired"],
)
def test_the_certificate_is_verified(
    connection: Connect, delivery: Deliver, tmp_path: Path, why: str, known: bool, fields: dict[str, Any]
) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", **fields)
    issued.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    adapter = BuiltinSSLAdapter(str(tmp_path / "server.pem"), str(tmp_path / "server.pem"))
    adapter.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(adapter.context)
    with dav_server(tmp_path / "root", context=adapter) as port:
        dav(connection, port, schema="https", extra={"verify": str(tmp_path / "ca.pem")} if known else {})
        if not why:
            assert send(cloud(), parcel(cloud(), delivery)).text.startswith("webdav://cloud@/")
            return
        with pytest.raises(DeliveryError, match=why):
            send(cloud(), parcel(cloud(), delivery))
    assert content(tmp_path / "root") == {}


@pytest.mark.parametrize("fields", [{"host": None}, {"extra": {"verify": "/no/such.pem"}}])
def test_a_connection_that_cannot_be_used_is_told(
    connection: Connect, delivery: Deliver, fields: dict[str, Any]
) -> None:
    dav(connection, 1, **fields)

    with pytest.raises((UnknownConnectionError, DeliveryError), match="'cloud'"):
        send(cloud(), parcel(cloud(), delivery))
