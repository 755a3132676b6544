"""The source `http`, over a real server: what is asked, and what becomes of the answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from http_server import Asked, Reply, answered, api_run, connect_api, extracted, pages_of, serving
from scheduled_reports.errors import SourceError
from scheduled_reports.tables import Tables

Connect = Callable[..., None]


def asked_for(folder: Path, connection: Connect, source: str, **fields: Any) -> Asked:
    """Return what a source asks its server."""
    with serving(lambda _: Reply([{"id": 1}])) as server:
        connect_api(connection, server, **fields)
        extracted(api_run(folder, source), folder)
        return server.asked[0]


def test_a_list_of_records_becomes_a_table(tmp_path: Path, connection: Connect) -> None:
    reply = Reply([{"id": 1, "customer": "Ann", "paid": True}, {"id": 2, "customer": None, "paid": False}])

    assert answered(tmp_path, connection, "path: /orders", reply) == [
        {"id": 1, "customer": "Ann", "paid": True}, {"id": 2, "customer": None, "paid": False},
    ]  # fmt: skip


def test_records_are_found_at_their_path(tmp_path: Path, connection: Connect) -> None:
    reply = Reply({"meta": {"orders": [{"id": 9}]}, "data": {"orders": [{"id": 1}], "x": 1}})

    assert answered(tmp_path, connection, "path: /o\nrecords: data.orders", reply) == [{"id": 1}]


def test_a_key_that_comes_late_becomes_a_column(tmp_path: Path, connection: Connect) -> None:
    with serving(pages_of([{"id": 1}, {"id": 2}, {"id": 3, "coupon": "X"}], 1)) as server:
        connect_api(connection, server)
        rows = extracted(api_run(tmp_path, "path: /o\nrecords: data\npagination: {type: page}"), tmp_path)

    assert rows == [{"id": 1, "coupon": None}, {"id": 2, "coupon": None}, {"id": 3, "coupon": "X"}]


def test_lists_of_values_get_the_names_that_the_answer_gives_them(tmp_path: Path, connection: Connect) -> None:
    """The shape of PostHog's query API."""
    source = """
        path: /api/projects/7/query/
        records: results
        columns_at: columns
        body:
          query: {kind: HogQLQuery, query: "select event, count() from events where timestamp >= {start} group by 1",
                  values: {start: "{{ period.start | date('%Y-%m-%dT%H:%M:%S%z') }}"}}
        """

    def handle(asked: Asked) -> Reply:
        if asked.headers["authorization"] != "Bearer phx_secret":
            return Reply({"detail": "no"}, 401)
        return Reply(
            {"results": [["click", 3], ["view", 8]], "columns": ["event", "n"], "hasMore": False, "error": None}
        )

    with serving(handle) as server:
        connect_api(connection, server, password="phx_secret")
        rows = extracted(api_run(tmp_path, source), tmp_path)

    assert rows == [{"event": "click", "n": 3}, {"event": "view", "n": 8}]
    assert server.asked[0].method == "POST"
    assert server.asked[0].headers["content-type"] == "application/json"
    assert server.asked[0].body["query"]["values"] == {"start": "2026-10-01T00:00:00+0200"}


def test_graphql_gives_the_nodes_of_its_edges(tmp_path: Path, connection: Connect) -> None:
    source = """
        path: /graphql
        records: data.orders.edges.item.node
        body:
          query: "query ($first: Int!, $after: String) { orders(first: $first, after: $after) { edges { node { id } }
            pageInfo { hasNextPage endCursor } } }"
          variables: {first: 2}
        pagination: {type: cursor, next: data.orders.pageInfo.endCursor, more: data.orders.pageInfo.hasNextPage,
                     parameter: variables.after, into: body}
        """

    def handle(asked: Asked) -> Reply:
        after = int(asked.body["variables"].get("after", "0"))
        edges = [{"node": {"id": number}} for number in range(after + 1, min(after + 3, 6))]
        info = {"hasNextPage": after < 4, "endCursor": str(after + len(edges))}
        return Reply({"data": {"orders": {"edges": edges, "pageInfo": info}}})

    with serving(handle) as server:
        connect_api(connection, server)
        rows = extracted(api_run(tmp_path, source), tmp_path)

    assert [row["id"] for row in rows] == [1, 2, 3, 4, 5]
    assert [asked.body["variables"] for asked in server.asked] == [
        {"first": 2}, {"first": 2, "after": "2"}, {"first": 2, "after": "4"},
    ]  # fmt: skip


def test_graphql_without_any_node_is_no_record(tmp_path: Path, connection: Connect) -> None:
    reply = Reply({"data": {"orders": {"edges": []}}})
    source = "path: /g\nrecords: data.orders.edges.item.node\ncolumns: {id: {type: integer}}"

    assert answered(tmp_path, connection, source, reply) == []
    assert Tables(tmp_path / "out").columns("orders") == ["id"]


def test_csv_is_read_by_its_media_type_as_text(tmp_path: Path, connection: Connect) -> None:
    body = 'id,name,note\r\n007,"Müller, Ann",\r\n8,"two\r\nlines",x\r\n'.encode("cp1252")
    reply = Reply(body, headers={"Content-Type": "text/csv; charset=windows-1252"})

    assert answered(tmp_path, connection, "path: /o.csv", reply) == [
        {"id": "007", "name": "Müller, Ann", "note": None}, {"id": "8", "name": "two\r\nlines", "note": "x"},
    ]  # fmt: skip


def test_csv_may_have_another_delimiter_and_encoding(tmp_path: Path, connection: Connect) -> None:
    reply = Reply(b"id;city\n1;K\xf6ln\n")

    source = "path: /o\nresponse: csv\ndelimiter: ';'\nencoding: cp1252"

    assert answered(tmp_path, connection, source, reply) == [{"id": "1", "city": "Köln"}]


def test_csv_with_nothing_but_its_first_line_has_columns(tmp_path: Path, connection: Connect) -> None:
    reply = Reply(b"\xef\xbb\xbfid,name\n", headers={"Content-Type": "text/csv"})

    assert answered(tmp_path, connection, "path: /o", reply) == []
    assert Tables(tmp_path / "out").columns("orders") == ["id", "name"]


def test_json_lines_are_read_line_by_line(tmp_path: Path, connection: Connect) -> None:
    reply = Reply(b'{"id": 1}\n{"id": 2, "n": 0.1}\n', headers={"Content-Type": "application/x-ndjson"})

    assert answered(tmp_path, connection, "path: /o", reply) == [{"id": 1, "n": None}, {"id": 2, "n": Decimal("0.1")}]


@pytest.mark.parametrize(
    ("source", "body", "rows"),
    [
        ("records: .", {"visitors": 5, "next": "a page"}, [{"visitors": 5, "next": "a page"}]),
        ("records: data.stats", {"data": {"stats": {"visitors": 5}}}, [{"visitors": 5}]),
        ("records: ids", {"ids": [3, 4]}, [{"value": 3}, {"value": 4}]),
        ("records: value", {"@odata.context": "x", "value": [{"a.b": 1}]}, [{"a.b": 1}]),
    ],
)
def test_records_have_many_shapes(
    tmp_path: Path, connection: Connect, source: str, body: Any, rows: list[dict[str, Any]]
) -> None:
    assert answered(tmp_path, connection, f"path: /o\n{source}", Reply(body)) == rows


@pytest.mark.parametrize("body", [{"rows": None}, {"rows": []}])
def test_no_record_gives_an_empty_table_of_the_declared_columns(
    tmp_path: Path, connection: Connect, body: dict[str, Any]
) -> None:
    source = "path: /o\nrecords: rows\ncolumns: {id: {type: integer}, total: {type: 'decimal(12,2)'}}"

    assert answered(tmp_path, connection, source, Reply(body)) == []
    assert Tables(tmp_path / "out").columns("orders") == ["id", "total"]


def test_no_content_is_no_record(tmp_path: Path, connection: Connect) -> None:
    assert answered(tmp_path, connection, "path: /o\ncolumns: {id: {}}", Reply(status=204)) == []


def test_no_record_without_declared_columns_says_what_to_do(tmp_path: Path, connection: Connect) -> None:
    with pytest.raises(SourceError, match=r"gave no records, and nothing says which columns(?s:.*)declare them"):
        answered(tmp_path, connection, "path: /o", Reply([]))


def test_records_that_the_api_leaves_out_are_none_where_the_spec_says_so(tmp_path: Path, connection: Connect) -> None:
    source = "path: /o\nrecords: rows\nrecords_optional: true\ncolumns: {id: {}}"

    assert answered(tmp_path, connection, source, Reply({"kind": "list"})) == []


def test_optional_columns_may_be_in_no_record(tmp_path: Path, connection: Connect) -> None:
    source = "path: /o\ncolumns: {id: {}, coupon: {type: text}}\noptional: [coupon]"

    assert answered(tmp_path, connection, source, Reply([{"id": 1}])) == [{"id": 1, "coupon": None}]


def test_the_query_is_filled_and_its_lists_repeat_their_parameter(tmp_path: Path, connection: Connect) -> None:
    source = """
        path: /v2/orders
        query: {status: [paid, sent], from: "{{ period.start | date('%Y-%m-%dT%H:%M:%S%z') }}", limit: 5, deep: true}
        """

    asked = asked_for(tmp_path, connection, source)

    assert asked.path == "/v2/orders"
    assert asked.query == {
        "status": ["paid", "sent"], "from": ["2026-10-01T00:00:00+0200"], "limit": ["5"], "deep": ["true"],
    }  # fmt: skip


def test_parameters_keep_their_type_in_a_body_and_null_leaves_a_query(tmp_path: Path, connection: Connect) -> None:
    source = """
        path: "/v1/{{ parameters.shop }}/orders"
        query: {region: "{{ parameters.region }}", day: "{{ parameters.day }}"}
        body: {limit: "{{ parameters.limit }}", text: "at most {{ parameters.limit }}",
               deep: [{on: "{{ parameters.on }}"}]}
        """
    with serving(lambda _: Reply([{"id": 1}])) as server:
        connect_api(connection, server)
        values = {"shop": "../a b", "region": None, "day": dt.date(2026, 10, 1), "limit": 5, "on": True}
        text = "parameters:\n" + "".join(f"  {name}: {{type: {kind}, default: null}}\n" for name, kind in {
            "shop": "text", "region": "text", "day": "date", "limit": "integer", "on": "boolean"}.items())  # fmt: skip
        run = api_run(tmp_path, source, before=text, parameters=values)
        extracted(run, tmp_path)
        [asked] = server.asked

    assert asked.path == "/v1/..%2Fa%20b/orders"
    assert asked.query == {"day": ["2026-10-01"]}
    assert asked.body == {"limit": 5, "text": "at most 5", "deep": [{"on": True}]}


def test_headers_and_the_wanted_format_are_sent(tmp_path: Path, connection: Connect) -> None:
    asked = asked_for(tmp_path, connection, "path: o\nresponse: json\nheaders: {X-Day: '{{ period.label }}'}")

    assert asked.path == "/o"
    assert asked.headers["accept"] == "application/json"
    assert asked.headers["x-day"]


def test_a_path_below_the_connections_host_is_kept(tmp_path: Path, connection: Connect) -> None:
    with serving(lambda _: Reply([{"id": 1}])) as server:
        connection("api", conn_type="http", host=f"http://127.0.0.1:{server.port}/api/")
        extracted(api_run(tmp_path, "path: /orders"), tmp_path)

    assert server.asked[0].path == "/api/orders"


def test_more_records_than_a_batch_arrive_all_and_in_order(tmp_path: Path, connection: Connect) -> None:
    body = b"[" + b",".join(b'{"i": %d}' % number for number in range(120_001)) + b"]"

    rows = answered(tmp_path, connection, "path: /o\nresponse: json", Reply(body))

    assert [row["i"] for row in rows] == list(range(120_001))


def test_each_page_is_told_in_the_log(tmp_path: Path, connection: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with serving(pages_of([{"id": 1}, {"id": 2}], 1)) as server:
        connect_api(connection, server)
        extracted(api_run(tmp_path, "path: /o\nrecords: data\npagination: {type: page}"), tmp_path)

    assert "source 'orders' (sales.yaml:5, connection 'api'): page 2, 2 records" in caplog.text
