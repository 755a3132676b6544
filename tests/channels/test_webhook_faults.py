"""What a webhook makes of a receiver that refuses, breaks off, hangs, or is not who it should be."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from collections.abc import Callable
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from channels.hooks import (
    SECRET,
    Reply,
    channel,
    cut,
    failure,
    parcel,
    point_at,
    receiving,
    send,
    sparse,
)
from scheduled_reports.audience import RunAudience
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, UncertainDeliveryError

Connect = Callable[..., str]


def told(connection: Connect, make: Any, reply: Reply, **fields: Any) -> DeliveryError:
    to = channel(**fields)
    with receiving(reply) as receiver:
        point_at(connection, receiver)
        error = failure(to, parcel(make, to))
    assert len(receiver.taken) == 1
    assert not isinstance(error, UncertainDeliveryError)
    return error


# Refused


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 415, 422])
def test_a_refusal_is_for_good_and_says_why(connection: Connect, delivery: Any, status: int) -> None:
    error = told(connection, delivery, Reply(status, b'{"error": "no such hook"}'))

    assert f"'hooks' answered {status} " in str(error)
    assert "no such hook" in error.why
    assert not error.retryable
    assert error.retry_after is None


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_pass_is_tried_again(connection: Connect, delivery: Any, status: int) -> None:
    error = told(connection, delivery, Reply(status, b"later"))

    assert error.retryable
    assert error.retry_after is None


def test_a_first_request_that_is_still_worked_on_is_waited_for(connection: Connect, delivery: Any) -> None:
    assert told(connection, delivery, Reply(409), honours_idempotency_key=True).retryable


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize(
    ("header", "seconds"), [("120", 120), ("0", 0), ("9" * 400, 86_400), ("-1", None), ("soon", None), ("", None)]
)
def test_how_long_the_receiver_wants_to_be_left_alone_is_told(
    connection: Connect, delivery: Any, status: int, header: str, seconds: float | None
) -> None:
    error = told(connection, delivery, Reply(status, headers={"Retry-After": header}))

    assert error.retry_after == seconds


def test_that_may_be_a_date(connection: Connect, delivery: Any) -> None:
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    header = format_datetime(moment, usegmt=True)

    assert told(connection, delivery, Reply(503, headers={"Retry-After": header})).retry_after == pytest.approx(
        3600, abs=60
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_says_where_to(connection: Connect, delivery: Any, status: int) -> None:
    error = told(connection, delivery, Reply(status, headers={"Location": f"https://other.example/in?token={SECRET}"}))

    assert "https://other.example/in?token=***" in error.why
    assert not error.retryable


def test_no_secret_is_in_what_is_told_of_an_answer_that_repeats_it(connection: Connect, delivery: Any) -> None:
    def repeat(taken: Any) -> Reply:
        return Reply(400, f"{SECRET} {taken.headers['x-api-key']}".encode())

    with receiving(repeat) as receiver:
        point_at(connection, receiver, extra={"X-Api-Key": "let-me-in"})
        error = failure(channel(), parcel(delivery, channel()))

    assert "*** ***" in str(error)
    assert "let-me-in" not in str(error)


# Broken


def test_a_server_that_is_not_there(connection: Connect, delivery: Any) -> None:
    with receiving() as receiver:
        point_at(connection, receiver)
    error = failure(channel(), parcel(delivery, channel()))

    assert "cannot be reached" in str(error)
    assert error.retryable
    assert not isinstance(error, UncertainDeliveryError)


def test_a_connection_that_breaks_before_all_was_sent_can_be_tried_again(
    connection: Connect, delivery: Any, tmp_path: Path
) -> None:
    def reset(handler: Any) -> bool:
        handler.rfile.read(1_000)
        cut(handler.connection)
        return False

    made = parcel(delivery, channel())
    made.files["pdf"] = sparse(tmp_path / "large.pdf", 50_000_000)  # type: ignore[index]
    with receiving(before_body=reset) as receiver:
        point_at(connection, receiver)
        error = failure(channel(), made)

    assert not isinstance(error, UncertainDeliveryError)
    assert error.retryable
    assert receiver.taken == []


@pytest.mark.parametrize("how", ["reset", "closed", "half a head"])
def test_a_connection_that_breaks_after_all_was_sent_leaves_a_doubt(
    connection: Connect, delivery: Any, how: str
) -> None:
    def leave(handler: Any) -> bool:
        if how == "half a head":
            handler.wfile.write(b"HTTP/1.1 20")
        if how == "reset":
            cut(handler.connection)
        return False

    with receiving(after_body=leave) as receiver:
        point_at(connection, receiver)
        error = failure(channel(), parcel(delivery, channel()))

    assert isinstance(error, UncertainDeliveryError)
    assert "after all had been sent" in str(error)
    assert len(receiver.taken) == 1


def test_a_server_that_never_answers_leaves_a_doubt(connection: Connect, delivery: Any) -> None:
    def hang(handler: Any) -> bool:
        return not handler.server.ended.wait(30)

    to = channel(timeout=0.3)
    with receiving(after_body=hang) as receiver:
        point_at(connection, receiver)
        error = failure(to, parcel(delivery, to))

    assert isinstance(error, UncertainDeliveryError)
    assert "silent for 0.3 s" in str(error)


def test_a_server_that_drips_is_left_at_the_time_limit(connection: Connect, delivery: Any) -> None:
    def drip(handler: Any) -> bool:
        for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1_000:
            handler.wfile.write(bytes([letter]))
            if handler.server.ended.wait(0.1):
                break
        return False

    to = channel(time_limit=0.5)
    with receiving(after_body=drip) as receiver:
        point_at(connection, receiver)
        error = failure(to, parcel(delivery, to))

    assert isinstance(error, UncertainDeliveryError)
    assert "took longer than 0.5 s" in str(error)


def test_an_answer_whose_body_breaks_off_is_a_receipt_all_the_same(connection: Connect, delivery: Any) -> None:
    with receiving(Reply(200, b"abc", {"Content-Length": "100"})) as receiver:
        point_at(connection, receiver)
        assert send(channel(), parcel(delivery, channel())).text.startswith("200 OK")


def test_a_server_that_has_an_outage_fails_the_probe(connection: Connect, delivery: Any) -> None:
    with receiving(Reply(503)) as receiver:
        point_at(connection, receiver)
        with pytest.raises(DeliveryError, match="503 Service Unavailable") as caught:
            channel().probe(airflow_connection, RunAudience(delivery("").words), thorough=False)

    assert caught.value.retryable


# Not who it should be


def context_of(authority: trustme.CA, *names: str, **fields: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **fields).configure_cert(context)
    return context


def test_a_certificate_of_the_connections_own_authority_is_believed(
    connection: Connect, delivery: Any, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with receiving(context=context_of(authority, "127.0.0.1")) as receiver:
        point_at(connection, receiver, schema="https", extra={"verify": str(tmp_path / "ca.pem")})
        assert send(channel(), parcel(delivery, channel())).text == "200 OK"


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_certificate_of_the_environments_authority_is_believed(
    connection: Connect, delivery: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(name, str(tmp_path / "ca.pem"))
    with receiving(context=context_of(authority, "127.0.0.1")) as receiver:
        point_at(connection, receiver, schema="https")
        assert send(channel(), parcel(delivery, channel())).text == "200 OK"


@pytest.mark.parametrize(
    ("why", "names", "fields"),
    [
        ("unable to get local issuer", ["127.0.0.1"], None),
        ("certificate is not valid for '127.0.0.1'", ["other.example"], {}),
        ("certificate has expired", ["127.0.0.1"], {"not_after": dt.datetime(2020, 1, 2, tzinfo=dt.UTC)}),
    ],
)
def test_any_other_certificate_is_refused_before_anything_is_said(
    connection: Connect, delivery: Any, tmp_path: Path, why: str, names: list[str], fields: dict[str, Any] | None
) -> None:
    authority = trustme.CA()
    (authority if fields is not None else trustme.CA()).cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with receiving(context=context_of(authority, *names, **(fields or {}))) as receiver:
        point_at(connection, receiver, schema="https", extra={"verify": str(tmp_path / "ca.pem")})
        error = failure(channel(), parcel(delivery, channel()))

    assert "cannot be trusted" in str(error)
    assert why in str(error)
    assert not error.retryable
    assert not isinstance(error, UncertainDeliveryError)
    assert receiver.taken == []


def test_a_server_that_speaks_no_tls_is_not_spoken_to(connection: Connect, delivery: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, receiving() as receiver:
        assert silent
        point_at(connection, receiver, schema="https")
        error = failure(channel(), parcel(delivery, channel()))

    assert not isinstance(error, UncertainDeliveryError)
    assert receiver.taken == []
