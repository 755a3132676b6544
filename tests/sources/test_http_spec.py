"""What a spec may say of the source `http`, and what `reports check` says of the rest."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from scheduled_reports.spec.load import BrokenReport, load
from specs import SALES, write


def problems(folder: Path, source: str) -> list[str]:
    start, end = SALES.index("    type: sql"), SALES.index("datasets:")
    entry = "type: http\nconnection: api\n" + dedent(source)
    loaded = load(
        write(folder, SALES[:start] + indent(entry.strip("\n"), "    ") + "\n" + SALES[end:]), folder / "include"
    )
    return [str(problem) for problem in loaded.problems] if isinstance(loaded, BrokenReport) else []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("path: https://shop.example/o", ":7:11: sources.orders.path: a path begins behind the host"),
        ("path: //shop.example/o", "a path begins behind the host"),
        ("path: /o?status=paid", "write parameters under 'query'"),
        ("path: '/{{ period.strat }}'", "sources.orders.path: the template"),
        ("path: /o\nquery: {from: '{{ period.strat }}'}", ":8:19: sources.orders.query.from: the template"),
        ("path: /o\nbody: {a: [{b: '{{ nothing }}'}]}", ":8:20: sources.orders.body.a[1].b: the template"),
        ("path: /o\nheaders: {X-Day: '{{ nothing }}'}", "sources.orders.headers.X-Day: the template"),
        ("path: /o\nheaders: {Authorization: Bearer x}", "the header 'Authorization' would hold a secret; put it into"),
        ("path: /o\nheaders: {x-api-key: x}", "the header 'x-api-key' would hold a secret"),
        ("path: /o\nheaders: {Cookie: x}", "the header 'Cookie' would hold a secret"),
        ("path: /o\nquery: {api_key: x}", "'api_key' would hold a secret"),
        ("path: /o\nbody: {auth: {client_secret: x}}", "'client_secret' would hold a secret"),
        ("path: /o\nmethod: DELETE", "'DELETE' is not allowed"),
        ("path: /o\nresponse: csv\nrecords: data", "csv has no 'records'"),
        ("path: /o\nresponse: jsonl\npagination: {type: cursor, next: a, parameter: b}", "jsonl has no 'a'"),
        ("path: /o\ntotal: a\ntotal_header: b", "'total' and 'total_header' say the same"),
        ("path: /o\npagination: {type: page, into: body}", "the pagination writes into the body, and there is none"),
        ("path: /o\npagination: {type: page, size: 5}", "'size' and 'size_parameter' need each other"),
        ("path: /o\npagination: {type: page, more: a, pages: b}", "both say which page is the last"),
        ("path: /o\npagination: {type: pages}", "unknown type 'pages'; did you mean 'page'"),
        ("path: /o\npagination: {type: cursor, next: a}", "the key 'parameter' is missing"),
        ("path: /o\noptional: [id]", "'optional' names 'id', which is not in 'columns'"),
        ("path: /o\nencoding: utf-9", "there is no encoding 'utf-9'"),
        ("path: /o\ntimeout: 0", "timeout"),
        ("path: /o\ncolumns: {id: {type: int}}", "there is no type 'int'"),
        ("path: /o\nquery: {a: {b: c}}", "sources.orders.query.a"),
        ("records: data", "the key 'path' is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, source: str, told: str) -> None:
    found = problems(tmp_path, source)

    assert any(told in problem for problem in found), found
    assert all("sales.yaml:" in problem for problem in found)


@pytest.mark.parametrize(
    "source",
    [
        "path: /o\nquery: {page_token: x, author: y, keys: 1}\nheaders: {Accept: text/csv, X-Tenant: a}",
        "path: '/o/{{ period.slug }}'\nbody: {query: 'query { orders { nodes { id }}}', n: 1.5, deep: [true, null]}",
        "path: /o\nbody: {password_reset: true, token: ''}\npagination: {type: offset, into: body, parameter: a.b}",
        "path: /o\nmethod: GET\nbody: {query: {match_all: {}}}",
    ],
)
def test_what_is_right_is_not_complained_of(tmp_path: Path, source: str) -> None:
    assert problems(tmp_path, source) == []
