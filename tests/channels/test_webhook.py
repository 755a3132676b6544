"""What a webhook says, how it is signed, and what of the answer is kept."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from channels.hooks import CSV, PDF, SECRET, Reply, Taken, channel, failure, parcel, point_at, receiving, send, sparse
from scheduled_reports.channels.base import Link
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import UnknownConnectionError
from scheduled_reports.webhooks.signature import signature

Connect = Callable[..., str]


def is_signed(taken: Taken, secret: str = SECRET) -> bool:
    head = f"{taken.headers['webhook-id']}.{taken.headers['webhook-timestamp']}.".encode()
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    wanted = base64.b64encode(hmac.digest(key, head + taken.body, "sha256")).decode()
    return f"v1,{wanted}" in taken.headers["webhook-signature"].split(" ")


def test_json_tells_of_the_report_and_carries_its_files(connection: Connect, delivery: Any) -> None:
    to = channel(files=["pdf", "csv"])
    with receiving(Reply(201, headers={"Location": "/runs/7"})) as receiver:
        point_at(connection, receiver)
        receipt = send(to, parcel(delivery, to, pdf=PDF, csv=CSV))

    (taken,) = receiver.taken
    assert (taken.method, taken.path, taken.headers["content-type"]) == ("POST", "/in/sales", "application/json")
    said = json.loads(taken.body)
    files = said.pop("artifacts")
    assert said == {
        "event": "report.ready", "id": "d" * 32, "report": "sales", "title": "Umsätze 📈", "owner": "owner@example.org",
        "schedule": "daily", "run": "scheduled__2026-03-04", "links": [], "part": {"number": 1, "of": 1},
        "period": {"start": "2026-03-03T00:00:00+01:00", "end": "2026-03-04T00:00:00+01:00", "label": "3. März 2026",
                   "slug": "2026-03-03"},
        "notices": [{"word": "STALE", "text": "orders is of yesterday."}],
    }  # fmt: skip
    for file, (name, media_type, content) in zip(files, (PDF, CSV), strict=True):
        assert base64.b64decode(file["content_base64"]) == content
        assert (file["name"], file["media_type"], file["size"]) == (name, media_type, len(content))
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert (receipt.text, receipt.size) == ("201 Created, /runs/7", len(taken.body))


def test_a_form_carries_the_same_and_each_file_as_it_is(connection: Connect, delivery: Any) -> None:
    to = channel(files=["pdf", "csv"], send="multipart")
    odd = ('a"b\r\nX-Evil: 1.csv', "text/csv\r\nX-Evil: 2", CSV[2])
    made = parcel(delivery, to, pdf=PDF, csv=CSV)
    made = replace(made, artifacts={**made.artifacts,
                                    "csv": replace(made.artifacts["csv"], name=odd[0], media_type=odd[1])})  # fmt: skip
    with receiving() as receiver:
        point_at(connection, receiver)
        send(to, made)

    (taken,) = receiver.taken
    assert is_signed(taken)
    form = BytesParser(policy=policy.HTTP).parsebytes(
        b"Content-Type: " + taken.headers["content-type"].encode() + b"\r\n\r\n" + taken.body
    )
    about, pdf, csv = form.iter_parts()
    assert [file["format"] for file in json.loads(about.get_payload(decode=True))["artifacts"]] == ["pdf", "csv"]
    assert pdf.get_payload(decode=True) == PDF[2]
    assert csv.get_payload(decode=True) == CSV[2]
    assert "X-Evil" not in {name for part in (about, pdf, csv) for name in part}
    assert f'name="pdf"; filename="{PDF[0]}"'.encode() in taken.body
    assert b'filename="a%22b%0D%0AX-Evil: 1.csv"' in taken.body


def test_without_content_the_files_are_only_named(connection: Connect, delivery: Any) -> None:
    to = channel(content="none")
    made = replace(parcel(delivery, to), links=(Link("large.pdf", "https://files.example/large.pdf", 7),))
    with receiving() as receiver:
        point_at(connection, receiver)
        send(to, made)

    said = json.loads(receiver.taken[0].body)
    assert set(said["artifacts"][0]) == {"format", "name", "media_type", "size", "sha256"}
    assert said["links"] == [{"name": "large.pdf", "url": "https://files.example/large.pdf", "size": 7}]


# Known again, and known to be ours


def test_every_attempt_has_the_same_key_and_body_and_a_signature_of_its_own_time(
    connection: Connect, delivery: Any
) -> None:
    to = channel()
    with receiving() as receiver:
        point_at(connection, receiver)
        for _ in range(2):
            send(to, parcel(delivery, to))
        send(to, replace(parcel(delivery, to), part=(2, 3)))

    first, again, part = receiver.taken
    assert first.body == again.body
    assert first.headers["webhook-id"] == again.headers["webhook-id"] == "d" * 32
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"] == f'"{"d" * 32}"'
    assert part.headers["idempotency-key"] == f'"{"d" * 32}-2"'
    assert all(is_signed(taken) for taken in receiver.taken)
    sent = dt.datetime.fromtimestamp(int(first.headers["webhook-timestamp"]), dt.UTC)
    assert abs(dt.datetime.now(dt.UTC) - sent) < dt.timedelta(minutes=5)
    assert "authorization" not in first.headers


def test_while_a_secret_is_changed_both_sign(connection: Connect, delivery: Any) -> None:
    newer = "a passphrase of more than 24 letters".replace(" ", "-")
    with receiving() as receiver:
        point_at(connection, receiver, password=f"{newer} {SECRET}", login="somebody")
        send(channel(), parcel(delivery, channel()))

    assert is_signed(receiver.taken[0], newer)
    assert is_signed(receiver.taken[0])
    assert "authorization" not in receiver.taken[0].headers


def test_a_signature_is_that_of_the_libraries_of_standard_webhooks() -> None:
    vector = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    body = [b'{"test": ', b"2432232314}"]

    assert signature([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body) == vector


@pytest.mark.parametrize("password", ["short", "whsec_c2hvcnQ=", "whsec_not base64", "whsec_" + "QUFB" * 30])
def test_a_secret_that_is_none_is_refused_and_not_shown(connection: Connect, delivery: Any, password: str) -> None:
    with receiving() as receiver:
        point_at(connection, receiver, password=password)
        with pytest.raises(UnknownConnectionError, match="cannot sign webhooks") as told:
            send(channel(), parcel(delivery, channel()))

    assert password not in str(told.value)
    assert receiver.taken == []


def test_without_a_password_it_is_sent_unsigned_and_that_is_warned_of(
    connection: Connect, delivery: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with receiving() as receiver:
        point_at(connection, receiver, password=None, extra={"X-Api-Key": "let-me-in", "query": {"from": "air flow"}})
        send(channel(), parcel(delivery, channel()))

    (taken,) = receiver.taken
    assert "webhook-signature" not in taken.headers
    assert "'hooks' has no password: its webhooks are not signed" in caplog.text
    assert (taken.headers["x-api-key"], taken.path) == ("let-me-in", "/in/sales?from=air+flow")
    assert not {"allow_private", "query"} & set(taken.headers)


# What is kept of the answer


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        (Reply(204), "204 No Content"),
        (Reply(202, b'{"id": 17, "state": "queued"}'), "202 Accepted, id 17"),
        (Reply(200, b"thanks\r\nX: 1\x00"), "200 OK, thanks X: 1"),
        (Reply(200, b"<html><title>Hi</title></html>"), "200 OK"),
        (Reply(200, b"x" * 5_000), "200 OK, " + "x" * 200),
        (Reply(200, f'{{"echo": "{SECRET}"}}'.encode()), '200 OK, {"echo": "***"}'),
    ],
)
def test_the_receipt_is_the_status_and_what_the_receiver_calls_it(
    connection: Connect, delivery: Any, reply: Reply, kept: str
) -> None:
    with receiving(reply) as receiver:
        point_at(connection, receiver)
        assert send(channel(), parcel(delivery, channel())).text == kept


@pytest.mark.parametrize("form", ["json", "multipart"])
def test_a_file_of_500_megabytes_takes_little_memory(
    connection: Connect, delivery: Any, tmp_path: Path, form: str
) -> None:
    to = channel(send=form, timeout=60)
    made = parcel(delivery, to)
    large = sparse(tmp_path / "large.pdf", 500_000_000)
    with receiving(keep=False) as receiver:
        point_at(connection, receiver)
        tracemalloc.start()
        try:
            receipt = send(to, replace(made, files={"pdf": large}))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert receiver.taken[0].size == receipt.size >= 500_000_000
    assert peak < 20_000_000


# What a spec may say, and what is asked before


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"path": "https://evil.example/x"}, "begins behind the host"),
        ({"path": "//evil.example/x"}, "begins behind the host"),
        ({"path": "x?key=1"}, "has no '\\?'"),
        ({"send": "multipart", "content": "none"}, "is for carrying files"),
        ({"files": []}, "at least 1 item"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_spec(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        channel(**fields)


def test_only_a_receiver_that_knows_keys_may_be_sent_it_again() -> None:
    assert not channel().repeats_safely
    assert channel(honours_idempotency_key=True).repeats_safely


def test_a_probe_sends_nothing_and_takes_any_answer(connection: Connect, delivery: Any) -> None:
    from scheduled_reports.audience import RunAudience

    audience = RunAudience(delivery("").words)
    with receiving(Reply(405)) as receiver:
        point_at(connection, receiver)
        seen = channel().probe(airflow_connection, audience, thorough=True)

    assert seen.startswith("hooks answers 405 Method Not Allowed to HEAD")
    assert [(taken.method, taken.body) for taken in receiver.taken] == [("HEAD", b"")]


def test_a_file_that_is_gone_is_told_before_anything_is_sent(connection: Connect, delivery: Any) -> None:
    made = parcel(delivery, channel())
    made.files["pdf"].unlink()
    with receiving() as receiver:
        point_at(connection, receiver)
        error = failure(channel(), made)

    assert "Umsätze 2026.pdf cannot be read" in str(error)
    assert error.retryable
    assert receiver.taken == []
