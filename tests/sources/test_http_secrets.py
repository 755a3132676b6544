"""What opens an API is sent to it, and is seen nowhere else: no message, no line of a log, no other server."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from http_server import Asked, Reply, api_run, connect_api, extracted, serving
from scheduled_reports.errors import ReportError, SourceError, UnknownConnectionError
from session import free_port

Connect = Callable[..., None]

SECRET = "s3cr3t/+ü token"


def everything_said(caught: pytest.ExceptionInfo[ReportError] | None, caplog: pytest.LogCaptureFixture) -> str:
    """Return all that a user may see of an extraction, with the causes that a traceback would show."""
    texts = [caplog.text]
    error: BaseException | None = caught.value if caught else None
    while error is not None:
        texts.append(f"{error}\n{error!r}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(texts)


@pytest.mark.parametrize(
    ("fields", "header"),
    [
        ({"password": "pass-word"}, "Bearer pass-word"),
        ({"login": "ann", "password": "pass-word"}, "Basic " + base64.b64encode(b"ann:pass-word").decode()),
        ({"extra": {"Authorization": "Token pass-word"}}, "Token pass-word"),
        ({"password": "0ther-pa55", "extra": {"authorization": "Token pass-word"}}, "Token pass-word"),
        ({}, None),
    ],
)
def test_the_connection_says_how_to_log_in(
    tmp_path: Path, connection: Connect, fields: dict[str, Any], header: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with serving(lambda _: Reply([{"id": 1}])) as server:
        connect_api(connection, server, **fields)
        extracted(api_run(tmp_path, "path: /o"), tmp_path)

    assert server.asked[0].headers.get("authorization") == header


def test_the_extra_gives_headers_and_parameters_of_every_request(tmp_path: Path, connection: Connect) -> None:
    extra = {"X-Api-Key": "key-1", "query": {"token": "tok en/1", "v": 2}}

    def handle(asked: Asked) -> Reply:
        following = {"Link": '</o?page=2&token=tok+en/1>; rel="next"'} if asked.one("page") != "2" else {}
        return Reply([{"page": asked.one("page")}], headers=following)

    with serving(handle) as server:
        connect_api(connection, server, extra=extra)
        extracted(api_run(tmp_path, "path: /o\nquery: {a: 1}\npagination: {type: link}"), tmp_path)

    assert [asked.query for asked in server.asked] == [
        {"a": ["1"], "token": ["tok en/1"], "v": ["2"]}, {"page": ["2"], "token": ["tok en/1"], "v": ["2"]},
    ]  # fmt: skip
    assert all(asked.headers["x-api-key"] == "key-1" and "query" not in asked.headers for asked in server.asked)


FAULTS: dict[str, Callable[[str], Reply]] = {
    "refused": lambda secret: Reply({"error": f"the key {secret} is not valid; Authorization: Bearer {secret}"}, 403),
    "graphql": lambda secret: Reply({"errors": [{"message": f"bad key {secret}"}]}),
    "page to log in": lambda secret: Reply(f"<html><title>{secret}</title>".encode()),
    "redirect": lambda _: Reply(status=302, headers={"Location": "https://other.example/?token=abcdef"}),
    "busy": lambda _: Reply(status=429, headers={"Retry-After": "999"}),
    "more": lambda _: Reply({"data": [], "next": "http://user:abcdef@127.0.0.1/?access_token=abcdef"}),
    "next": lambda secret: Reply({"data": [{"id": 1}], "next": f"https://other.example/?access_token={secret}"}),
    "shape": lambda secret: Reply({secret: [{"id": 1}]}),
    "nobody": lambda _: Reply(),
    "fine": lambda _: Reply({"data": [{"id": 1}]}),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("way", ["bearer", "basic", "header", "query"])
def test_no_secret_is_seen_whatever_goes_wrong(
    tmp_path: Path, connection: Connect, caplog: pytest.LogCaptureFixture, fault: str, way: str
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = SECRET if way == "query" else "s3cr3t-t0ken"
    fields: dict[str, Any] = {
        "bearer": {"password": secret}, "basic": {"login": "ann", "password": secret},
        "header": {"extra": {"X-Custom": secret}}, "query": {"extra": {"query": {"key": secret}}},
    }[way]  # fmt: skip
    caught = None
    with serving(lambda _: FAULTS[fault](secret)) as server:
        server.port = free_port() if fault == "nobody" else server.port
        connect_api(connection, server, **fields)
        source = "path: /o\nrecords: data" + ("\npagination: {type: link, next: next}" if fault == "next" else "")
        run = api_run(tmp_path, source)
        if fault == "fine":
            extracted(run, tmp_path)
        else:
            with pytest.raises(SourceError) as caught:
                extracted(run, tmp_path)

    seen = everything_said(caught, caplog)
    assert "source 'orders'" in seen
    assert '"GET /o' in seen or fault == "nobody", "the HTTP library has logged its requests"
    for form in (secret, "s3cr3t", "YW5uOnMzY3IzdC10MGtlbg", "abcdef"):
        assert form not in seen


def test_the_library_logs_as_before_once_it_is_over(
    tmp_path: Path, connection: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(lambda _: Reply([{"id": 1}])) as server:
        connect_api(connection, server, password="s3cr3t-t0ken")
        extracted(api_run(tmp_path, "path: /o"), tmp_path)

    logging.getLogger("urllib3.connectionpool").warning("%s is a word like others", "s3cr3t-t0ken")
    assert "s3cr3t-t0ken is a word" in caplog.text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"conn_type": "sqlite", "host": "x"}, "cannot speak HTTP: its type is 'sqlite'"),
        ({"conn_type": "https", "host": "x"}, "cannot speak HTTP: its type is 'https'"),
        ({"conn_type": "http"}, "it has no host"),
        ({"conn_type": "http", "host": "x", "schema": "ftp"}, "a schema that is neither http nor https"),
        ({"conn_type": "http", "host": "x:y:z"}, "cannot be used"),
        ({"conn_type": "http", "host": "x", "extra": {"srv_lookup": True}}, "DNS SRV look-up"),
        ({"conn_type": "http", "host": "x", "extra": {"headers": {"A": "s3cr3t"}}}, "'headers' is not text"),
        ({"conn_type": "http", "host": "x", "extra": {"query": "s3cr3t"}}, "'query' is not a mapping"),
    ],
)
def test_a_connection_that_cannot_be_used_is_told_without_its_secrets(
    tmp_path: Path, connection: Connect, fields: dict[str, Any], told: str
) -> None:
    connection("api", password="pa55word", **fields)

    with pytest.raises(UnknownConnectionError) as caught:
        extracted(api_run(tmp_path, "path: /o"), tmp_path)

    assert told in str(caught.value)
    assert "'api'" in str(caught.value)
    assert not caught.value.retryable
    assert "s3cr3t" not in str(caught.value)
    assert "pa55word" not in str(caught.value)


def test_a_missing_connection_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownConnectionError, match="there is no Airflow connection 'api'"):
        extracted(api_run(tmp_path, "path: /o"), tmp_path)


def test_plain_http_to_another_machine_is_warned_of(
    tmp_path: Path, connection: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    connection("api", conn_type="http", host="shop.invalid", password="pa55word")

    with pytest.raises(SourceError, match="cannot be reached"):
        extracted(api_run(tmp_path, "path: /o\ntimeout: 1"), tmp_path)

    assert "connection 'api' speaks plain http" in caplog.text
