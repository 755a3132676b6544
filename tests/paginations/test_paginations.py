"""Every kind of pagination, over real servers: all records once, and an error where pages have no end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from http_server import Asked, Handle, Reply, Server, api_run, connect_api, extracted, failure, serving
from scheduled_reports.errors import SourceError

Connect = Callable[..., None]

RECORDS = [{"id": number} for number in range(1, 8)]
DATA = "path: /o\nrecords: data\n"

MOST = 3
"""Records in one page of these servers, whatever they are asked for."""


def part(first: int) -> list[dict[str, int]]:
    return RECORDS[first : first + MOST]


def by_page(asked: Asked) -> Reply:
    number = int(asked.one("page"))
    return Reply({"data": part((number - 1) * MOST), "meta": {"total": 7, "total_pages": 3, "has_more": number < 3}},
                 headers={"X-Total-Count": "7"})  # fmt: skip


def by_page_from_zero(asked: Asked) -> Reply:
    return Reply({"data": part(int(asked.one("p")) * MOST)})


def by_offset(asked: Asked) -> Reply:
    first = int(asked.one("skip"))
    return Reply({"data": part(first), "more": first + MOST < 7, "total": "7"})


def by_offset_in_body(asked: Asked) -> Reply:
    return Reply({"data": part(asked.body["page"]["offset"])})


def by_cursor(asked: Asked) -> Reply:
    first = int(asked.one("cursor", "c0")[1:])
    return Reply({"data": part(first), "meta": {"next_cursor": f"c{first + MOST}" if first + MOST < 7 else None}})


def by_last_id(asked: Asked) -> Reply:
    first = int(asked.one("starting_after", "0"))
    return Reply({"data": part(first), "has_more": first + MOST < 7})


def by_link(asked: Asked) -> Reply:
    first = int(asked.one("at", "0"))
    link = {"Link": f'</o?at=0>; rel="first", <?at={first + MOST}&size={MOST}>; rel="next"'} if first + MOST < 7 else {}
    return Reply({"data": part(first)}, headers=link)


def by_link_in_the_answer(asked: Asked) -> Reply:
    first = int(asked.one("at", "0"))
    host = asked.headers["host"]
    return Reply({"data": part(first), "next": f"http://{host}/o?at={first + MOST}" if first + MOST < 7 else ""})


def read(folder: Path, connection: Connect, pagination: str, handle: Handle) -> tuple[list[int], Server]:
    with serving(handle) as server:
        connect_api(connection, server)
        rows = extracted(api_run(folder, f"{DATA}{pagination}"), folder)
        return [row["id"] for row in rows], server


@pytest.mark.parametrize(
    ("pagination", "handle", "requests"),
    [
        ("pagination: {type: page}", by_page, 4),
        ("pagination: {type: page, pages: meta.total_pages}", by_page, 3),
        ("pagination: {type: page, more: meta.has_more}", by_page, 3),
        ("pagination: {type: page}\ntotal: meta.total", by_page, 3),
        ("pagination: {type: page}\ntotal_header: x-total-count", by_page, 3),
        ("pagination: {type: page, size: 1000, size_parameter: per_page}", by_page, 4),
        ("pagination: {type: page, parameter: p, first: 0}", by_page_from_zero, 4),
        ("pagination: {type: offset, parameter: skip}", by_offset, 4),
        ("pagination: {type: offset, parameter: skip, size: 1000, size_parameter: top}", by_offset, 4),
        ("pagination: {type: offset, parameter: skip, more: more}", by_offset, 3),
        ("pagination: {type: offset, parameter: skip}\ntotal: total", by_offset, 3),
        ("pagination: {type: offset, parameter: page.offset, into: body}\nbody: {page: {size: 3}}",
         by_offset_in_body, 4),
        ("pagination: {type: cursor, next: meta.next_cursor, parameter: cursor}", by_cursor, 3),
        ("pagination: {type: cursor, next: data.item.id, more: has_more, parameter: starting_after}", by_last_id, 3),
        ("pagination: {type: link}", by_link, 3),
        ("pagination: {type: link, next: next}", by_link_in_the_answer, 3),
    ],
)  # fmt: skip
def test_all_records_come_once_and_in_order(
    tmp_path: Path, connection: Connect, pagination: str, handle: Handle, requests: int
) -> None:
    found, server = read(tmp_path, connection, pagination, handle)

    assert found == [1, 2, 3, 4, 5, 6, 7]
    assert len(server.asked) == requests


def test_what_the_source_asks_for_stays_on_every_page(tmp_path: Path, connection: Connect) -> None:
    source = """
        pagination: {type: page, size: 5, size_parameter: per_page, pages: meta.total_pages}
        query: {status: [paid, sent], page: 9}
        """

    _, server = read(tmp_path, connection, "\n".join(line.strip() for line in source.splitlines()), by_page)

    assert [asked.query["page"] for asked in server.asked] == [["1"], ["2"], ["3"]]
    assert all(asked.query["status"] == ["paid", "sent"] for asked in server.asked)
    assert all(asked.query["per_page"] == ["5"] for asked in server.asked)


def test_the_first_page_only_is_read_where_the_spec_says_so(tmp_path: Path, connection: Connect) -> None:
    found, server = read(tmp_path, connection, "pagination: {type: none}", by_link_in_the_answer)

    assert (found, len(server.asked)) == ([1, 2, 3], 1)


def test_an_empty_page_does_not_end_pages_with_a_cursor(tmp_path: Path, connection: Connect) -> None:
    def handle(asked: Asked) -> Reply:
        cursor = int(asked.one("cursor", "0"))
        return Reply({"data": [] if cursor == 1 else [{"id": cursor}], "next": cursor + 1 if cursor < 2 else 0})

    found, _ = read(tmp_path, connection, "pagination: {type: cursor, next: next, parameter: cursor}", handle)

    assert found[:2] == [0, 2]


@pytest.mark.parametrize(
    ("pagination", "reply", "told"),
    [
        ("{type: page}", {"data": [{"id": 1}]}, "page 2: GET http://127.0.0.1"),
        ("{type: offset}", {"data": [{"id": 1}]}, "is the same as the page before it"),
        ("{type: cursor, next: next, parameter: cursor}", {"data": [{"id": 1}], "next": "abc"}, "the same as the page"),
        ("{type: link, next: next}", {"data": [{"id": 1}], "next": "/o"}, "page 2 was asked for before: GET http"),
    ],
)
def test_a_page_that_comes_again_has_no_end(
    tmp_path: Path, connection: Connect, pagination: str, reply: Any, told: str
) -> None:
    error = failure(tmp_path, connection, f"{DATA}pagination: {pagination}", lambda _: Reply(reply))

    assert told in str(error)
    assert "so that its pages have no end" in error.why
    assert not error.retryable


def test_a_cursor_that_comes_again_is_told_by_name(tmp_path: Path, connection: Connect) -> None:
    numbers = iter(range(100))

    def handle(asked: Asked) -> Reply:
        return Reply({"data": [{"id": next(numbers)}], "next": {"": "a", "a": "b", "b": "a"}[asked.one("cursor")]})

    error = failure(
        tmp_path,
        connection,
        DATA + "pagination: {type: cursor, next: next, parameter: cursor}",
        handle,
    )

    assert "page 4 was asked for before: GET http://127.0.0.1" in str(error)
    assert "/o?cursor=a: the server gives a cursor twice" in str(error)


@pytest.mark.parametrize("most", [1, 3])
def test_more_pages_than_allowed_are_an_error_and_never_cut_off(tmp_path: Path, connection: Connect, most: int) -> None:
    numbers = iter(range(1000))
    error = failure(tmp_path, connection, f"{DATA}pagination: {{type: page}}\nmax_pages: {most}",
                    lambda _: Reply({"data": [{"id": next(numbers)}]}))  # fmt: skip

    assert f"has more than {most} pages: {most} records so far" in str(error)
    assert "max_pages" in error.fix


@pytest.mark.parametrize(
    ("pagination", "told"),
    [
        ("{type: cursor, next: meta.nextCursor, parameter: c}", "has no 'meta.nextCursor': it has 'meta.next_cursor'"),
        (
            "{type: cursor, next: meta.next_cursor, more: meta.hasMore, parameter: c}",
            "no 'meta.hasMore': meta has: next_",
        ),
        ("{type: cursor, next: x, more: meta.yes, parameter: c}", "says that there is more, but has no 'x'"),
        ("{type: page, more: meta.next_cursor}", "has 'c3' at 'meta.next_cursor': it is neither true nor false"),
        ("{type: page, pages: meta.next_cursor}", "it is not a whole number"),
        ("{type: page, pages: meta.pages}", "has no 'meta.pages': meta has: next_cursor, yes"),
        ("{type: link, next: Next}", "has no 'Next': it has 'next'"),
    ],
)
def test_a_path_that_leads_nowhere_does_not_end_the_pages(
    tmp_path: Path, connection: Connect, pagination: str, told: str
) -> None:
    reply = Reply({"data": [{"id": 1}], "meta": {"next_cursor": "c3", "yes": True}, "next": "/o?a=1"})

    assert told in str(failure(tmp_path, connection, f"{DATA}pagination: {pagination}", lambda _: reply))


def test_a_first_page_without_a_cursor_is_warned_of(
    tmp_path: Path, connection: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    pagination = "pagination: {type: cursor, next: paging.after, parameter: after}"

    found, _ = read(tmp_path, connection, pagination, lambda _: Reply({"data": [{"id": 1}], "links": {}}))

    assert found == [1]
    assert "has no 'paging.after', so it is taken for the only page; it has: data, links" in caplog.text


@pytest.mark.parametrize(
    ("pagination", "more", "link", "why"),
    [
        ("{type: cursor, next: paging.after, parameter: after}", {"has_more": True}, "", "has_more: true"),
        ("{type: cursor, next: paging.after, parameter: after}", {}, '<?p=2>; rel="next"', "its Link header does"),
        ("{type: link}", {"next": "/o?p=2"}, "", "next: /o?p=2"),
        ("{type: link, next: links.further}", {}, '<?p=2>; rel="next"', "its Link header does"),
    ],
)
def test_a_first_page_that_says_there_are_more_is_never_taken_for_all(
    tmp_path: Path, connection: Connect, pagination: str, more: dict[str, Any], link: str, why: str
) -> None:
    reply = Reply({"data": [{"id": 1}], **more}, headers={"Link": link} if link else {})

    error = failure(tmp_path, connection, f"{DATA}pagination: {pagination}", lambda _: reply)

    assert "says that there are more pages" in error.what
    assert error.why == why
    assert "correct 'next' in its pagination" in error.fix


@pytest.mark.parametrize("link", ["https://other.example/o?page=2", "//other.example/o", "http://127.0.0.1:1/o"])
def test_a_next_page_on_another_server_is_not_asked_for(tmp_path: Path, connection: Connect, link: str) -> None:
    reply = Reply({"data": [{"id": 1}]}, headers={"Link": f'<{link}>; rel="next"'})

    error = failure(tmp_path, connection, DATA + "pagination: {type: link}", lambda _: reply)

    assert "page 2 would lead to another server" in str(error)
    assert not error.retryable


@pytest.mark.parametrize(("total", "had"), [(5, 6), (8, 7)])
def test_a_total_that_is_missed_is_an_error(tmp_path: Path, connection: Connect, total: int, had: int) -> None:
    def handle(asked: Asked) -> Reply:
        return Reply({"data": part(int(asked.one("skip"))), "total": total})

    error = failure(
        tmp_path,
        connection,
        DATA + "pagination: {type: offset, parameter: skip}\ntotal: total",
        handle,
    )

    assert f"has {had} records, but its API says {total}" in str(error)
    assert error.retryable


def test_csv_may_come_in_pages_whose_columns_stand_in_another_order(tmp_path: Path, connection: Connect) -> None:
    pages = [b"id,name\n1,a\n", b"name,id\nb,2\n", b"id,name\n"]

    def handle(asked: Asked) -> Reply:
        return Reply(pages[int(asked.one("page")) - 1], headers={"Content-Type": "text/csv"})

    with serving(handle) as server:
        connect_api(connection, server)
        rows = extracted(api_run(tmp_path, "path: /o\npagination: {type: page}"), tmp_path)

    assert rows == [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}]


def test_csv_has_no_cursor(tmp_path: Path, connection: Connect) -> None:
    reply = Reply(b"id\n1\n", headers={"Content-Type": "text/csv"})
    with serving(lambda _: reply) as server:
        connect_api(connection, server)
        run = api_run(tmp_path, "path: /o\npagination: {type: cursor, next: next, more: more, parameter: c}")
        with pytest.raises(SourceError, match="has no 'more': it is text/csv, which has records only"):
            extracted(run, tmp_path)
