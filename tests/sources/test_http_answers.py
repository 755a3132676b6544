"""The source `http` when the server refuses, sends elsewhere, or answers what was not asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from http_server import Asked, Reply, answered, api_run, connect_api, extracted, failure, serving

Connect = Callable[..., None]

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("status", "body", "retryable", "told"),
    [
        (400, {"error": {"message": "from is wrong"}}, False, "answered 400 Bad Request: from is wrong"),
        (401, {"error": "invalid_token", "error_description": "expired"}, False, "answered 401 Unauthorized: expired"),
        (403, b"no entry", False, "answered 403 Forbidden: no entry"),
        (404, b"<html><head><title>Not here</title></head></html>", False, "404 Not Found: an HTML page, 'Not here'"),
        (422, {"detail": [{"msg": "x", "message": "too long"}]}, False, "answered 422 Unprocessable"),
        (206, b"part", False, "answered 206 Partial Content: part"),
        (202, {"message": "soon"}, True, "answered 202 Accepted: soon"),
        (304, b"", False, "answered 304 Not Modified"),
        (408, b"", True, "answered 408 Request Timeout"),
        (429, {"errors": [{"title": "slow down"}]}, True, "answered 429 Too Many Requests: slow down"),
        (500, b"x" * 5000, True, "answered 500 Internal Server Error: xxx"),
        (503, b"\xff\xfe", True, "answered 503 Service Unavailable"),
        (599, b"", True, "answered 599"),
    ],
)
def test_a_refusal_is_told_with_the_servers_words(
    tmp_path: Path, connection: Connect, status: int, body: Any, retryable: bool, told: str
) -> None:
    error = failure(tmp_path, connection, "path: /o", Reply(body, status))

    assert told in str(error)
    assert error.retryable is retryable
    assert len(str(error)) < 900


def test_a_busy_server_is_asked_again_when_it_says(
    tmp_path: Path, connection: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    soon = format_datetime(dt.datetime.now(dt.UTC) - dt.timedelta(hours=1), usegmt=True)
    replies = [Reply(status=429, headers={"Retry-After": "0"}), Reply(status=503, headers={"Retry-After": soon})]
    with serving(lambda _: replies.pop(0) if replies else Reply([{"id": 1}])) as server:
        connect_api(connection, server)

        assert extracted(api_run(tmp_path, "path: /o"), tmp_path) == [{"id": 1}]

    assert len(server.asked) == 3
    assert "the server answers 429 Too Many Requests and asks to wait 0 s" in caplog.text


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ("2", "it asks to wait 2 s"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "it asks to wait 2"),
        ("0", "it has asked to wait 10 times"),
        ("soon", "answered 429 Too Many Requests\n"),
        ("-5", "answered 429 Too Many Requests\n"),
    ],
)
def test_a_server_that_is_busy_for_too_long_is_left_to_airflows_retries(
    tmp_path: Path, connection: Connect, after: str, told: str
) -> None:
    error = failure(tmp_path, connection, "path: /o\nmax_wait: 1.5", Reply(status=429, headers={"Retry-After": after}))

    assert told in str(error)
    assert error.retryable
    assert "'rate'" in error.fix


def test_a_page_to_log_in_is_no_data(tmp_path: Path, connection: Connect) -> None:
    page = b"\n<!DOCTYPE html><html><title>Sign in</title><body>..."

    for kind in ("text/html", "application/json", "text/csv"):
        error = failure(tmp_path, connection, "path: /o", Reply(page, headers={"Content-Type": kind}))
        assert "answered with a page for people, not with data: an HTML page, 'Sign in'" in str(error)
        assert not error.retryable


@pytest.mark.parametrize(
    ("source", "reply", "told"),
    [
        ("", Reply(b"id,name", headers={"Content-Type": "text/plain"}), "say it with 'response'"),
        ("", Reply(b"[1]", headers={}), "answered with 'no media type'"),
        ("", Reply(b"[NaN]", headers=JSON), "is not JSON: lexical error: invalid char in json text."),
        ("", Reply(b"[1] 2", headers=JSON), "is not JSON: parse error: trailing garbage"),
        ("", Reply(b"", headers=JSON), "is not whole: it ends in the middle"),
        ("", Reply(b"[" * 200_000, headers=JSON), "of more than 200 levels"),
        ("", Reply(b'["\xff"]', headers=JSON), "is not JSON: lexical error: invalid bytes in UTF8 string."),
        ("", Reply({"data": [], "meta": {}}), "is not a list of records: it has: data, meta"),
        ("", Reply("text"), "is not a list of records: it is a text"),
        ("records: data.rows", Reply({"data": {"row": [], "x": 1}}), "no records at 'data.rows': data has: row, x"),
        ("records: data", Reply({"ok": False, "error": "invalid_auth"}), "tells errors: invalid_auth"),
        ("records: data", Reply({"message": "You are lost"}), "it has: message; You are lost"),
        ("records: data", Reply({"data": 5}), "has no records at 'data': there is a number"),
        ("records: data", Reply({"data": [[1, 2]]}), "record 1 is a list of values without names"),
        ("records: d\ncolumns_at: c", Reply({"d": [[1]], "c": ["a", "b"]}), "record 1 has 1 values for 2 columns"),
        ("records: d\ncolumns_at: c", Reply({"d": [[1]], "e": []}), "has no list of columns at 'c': it has: d, e"),
        ("records: d\ncolumns_at: c", Reply({"d": [], "c": ["a", "a"]}), "two of its columns have one name"),
        ("response: csv", Reply(b"a,b\n1\n"), "line 2 has 1 fields, not 2"),
        ("response: csv", Reply(b"a,a\n1,2\n"), "two columns are called 'a'"),
        ("response: csv", Reply(b"a,\n1,2\n"), "column 2 has no name"),
        ("response: csv", Reply(b'a\n"x\n'), "unexpected end of data"),
        ("response: csv", Reply(b"a\nM\xfcller\n"), "it is not utf-8: invalid start byte 0xfc"),
        ("", Reply(b"a\n", headers={"Content-Type": "text/csv; charset=klingon"}), "there is no encoding 'klingon'"),
        ("response: jsonl", Reply(b'{"a": 1}\n{"a"'), "line 2 is not JSON: Expecting"),
        ("response: jsonl", Reply(b'{"a": 1}\noops\n'), "line 2 is not JSON: Expecting value"),
    ],
)
def test_an_answer_that_is_not_what_it_should_be_is_told(
    tmp_path: Path, connection: Connect, source: str, reply: Reply, told: str
) -> None:
    assert told in str(failure(tmp_path, connection, f"path: /o\n{source}", reply))


@pytest.mark.parametrize(
    ("errors", "told", "retryable"),
    [
        ([{"message": "no field 'x'"}, {"message": "bad"}], "tells errors: no field 'x'; bad", False),
        ([{"title": "no message"}], "tells errors: its 'errors' have no 'message'", False),
        ([{"message": "Throttled", "extensions": {"code": "THROTTLED"}}], "tells errors: Throttled", True),
    ],
)
def test_the_errors_of_graphql_are_errors_though_the_status_is_200(
    tmp_path: Path, connection: Connect, errors: list[Any], told: str, retryable: bool
) -> None:
    reply = Reply({"data": {"orders": [{"id": 1}]}, "errors": errors})

    error = failure(tmp_path, connection, "path: /g\nrecords: data.orders\nbody: {query: '{orders {id}}'}", reply)

    assert told in str(error)
    assert error.retryable is retryable


@pytest.mark.parametrize("body", [{"data": [1], "hasMore": True}, {"data": [1], "links": {"next": "/o?page=2"}},
                                  {"data": [1], "page_info": {"has_next_page": True}},
                                  {"data": [1], "@odata.nextLink": "http://x"}])  # fmt: skip
def test_an_answer_that_says_there_is_more_needs_a_pagination(
    tmp_path: Path, connection: Connect, body: dict[str, Any]
) -> None:
    error = failure(tmp_path, connection, "path: /o\nrecords: data", Reply(body))

    assert "says that there are more pages" in str(error)
    assert "pagination: {type: none}" in error.fix


def test_a_link_to_more_needs_a_pagination_too(tmp_path: Path, connection: Connect) -> None:
    reply = Reply([{"id": 1}], headers={"Link": '</o?page=2>; rel="next"'})

    assert "says that there are more pages: its Link header does" in str(
        failure(tmp_path, connection, "path: /o", reply)
    )


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("records: data", {"data": [{"next": "monday"}], "hasMore": False, "next": None}),
        ("", [{"next": "monday"}]),
        ("records: .", {"next": "monday"}),
    ],
)
def test_what_records_say_of_more_is_theirs(tmp_path: Path, connection: Connect, source: str, body: Any) -> None:
    assert answered(tmp_path, connection, f"path: /o\n{source}", Reply(body)) == [{"next": "monday"}]


def test_fewer_records_than_the_api_says_are_not_all(tmp_path: Path, connection: Connect) -> None:
    reply = Reply({"data": [{"id": 1}], "meta": {"total": 2}})

    error = failure(tmp_path, connection, "path: /o\nrecords: data\ntotal: meta.total", reply)

    assert "has 1 records, but its API says 2" in str(error)
    assert error.retryable


@pytest.mark.parametrize("total", ["many", None, True, 1.5])
def test_a_total_that_is_no_number_is_told(tmp_path: Path, connection: Connect, total: Any) -> None:
    reply = Reply({"data": [{"id": 1}], "total": total})

    error = failure(tmp_path, connection, "path: /o\nrecords: data\ntotal: total", reply)

    assert "it is not a whole number" in str(error)


def test_a_redirect_on_the_same_server_is_followed(tmp_path: Path, connection: Connect) -> None:
    def handle(asked: Asked) -> Reply:
        return Reply(status=301, headers={"Location": "/new/?a=1"}) if asked.path == "/o" else Reply([{"id": 1}])

    with serving(handle) as server:
        connect_api(connection, server, password="s3cr3t-token")
        assert extracted(api_run(tmp_path, "path: /o\nquery: {a: 1}"), tmp_path) == [{"id": 1}]

    assert (server.asked[1].path, server.asked[1].query) == ("/new/", {"a": ["1"]})
    assert server.asked[1].headers["authorization"] == "Bearer s3cr3t-token"


def test_a_redirect_to_another_server_is_not_followed(tmp_path: Path, connection: Connect) -> None:
    with serving(lambda _: Reply([{"id": 1}])) as other:
        location = {"Location": f"http://127.0.0.1:{other.port}/login?token=abc"}
        error = failure(tmp_path, connection, "path: /o", Reply(status=302, headers=location))

    assert not other.asked
    assert f"leads to another server: http://127.0.0.1:{other.port}/login\n" in str(error)
    assert not error.retryable


def test_redirects_without_end_are_told(tmp_path: Path, connection: Connect) -> None:
    error = failure(tmp_path, connection, "path: /o", Reply(status=302, headers={"Location": "/o"}))

    assert "leads from one redirect to the next" in str(error)


def test_a_redirected_post_keeps_its_body_or_is_refused(tmp_path: Path, connection: Connect) -> None:
    def handle(asked: Asked, status: int = 307) -> Reply:
        return Reply(status=status, headers={"Location": "/new"}) if asked.path == "/o" else Reply([asked.body])

    with serving(handle) as server:
        connect_api(connection, server)
        assert extracted(api_run(tmp_path, "path: /o\nbody: {a: 1}"), tmp_path) == [{"a": 1}]

    error = failure(tmp_path, connection, "path: /o\nbody: {a: 1}", lambda asked: handle(asked, 302))
    assert "redirects a POST" in str(error)
