"""Whatever JSON an API gives, and into however many pages it cuts it: the table holds its values, and is the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from http_server import Asked, Reply, Server, api_run, connect_api, extracted, serving
from scheduled_reports.run import Run
from scheduled_reports.tables import Tables

BOTH = settings(max_examples=25, deadline=None,
                suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip

texts = st.text(st.characters(codec="utf-8"), max_size=8)
nested = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4)
kinds: list[st.SearchStrategy[Any]] = [
    st.booleans(), st.integers(-(2**63), 2**63 - 1), st.integers(-(10**37), 10**37), decimals,
    decimals | st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False).map(str).map(Decimal),
    texts, st.lists(nested, max_size=3), st.dictionaries(texts, nested, max_size=3),
]  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return records whose columns have one kind of value each, or none, or are missing."""
    columns = {f"c{at}": draw(st.sampled_from(kinds)) for at in range(draw(st.integers(1, 4)))}
    rows = draw(st.integers(1, 12))
    record = st.fixed_dictionaries({"id": st.just(0)}, optional={
        name: st.none() | values for name, values in columns.items()})  # fmt: skip
    return [{**draw(record), "id": number} for number in range(rows)]


def written(value: Any) -> str:
    """Return a value as JSON; decimals with all their digits."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{written(str(key))}:{written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


Pages = Sequence[list[dict[str, Any]]]


class Api:
    """An API whose pages a test sets."""

    pages: Pages = ()

    def __call__(self, asked: Asked) -> Reply:
        at = int(asked.one("page"))
        more = at + 1 < len(self.pages)
        records = written(self.pages[at]) if self.pages else "[]"
        return Reply(f'{{"data": {records}, "page": {at}, "more": {written(more)}}}'.encode(),
                     headers={"Content-Type": "application/json"})  # fmt: skip


@pytest.fixture(scope="module")
def api() -> Iterator[tuple[Api, Server]]:
    api = Api()
    with serving(api) as server:
        yield api, server


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    source = "path: /o\nrecords: data\npagination: {type: page, first: 0, more: more}"
    return api_run(tmp_path_factory.mktemp("run"), source)


@pytest.fixture
def read(
    api: tuple[Api, Server], run: Run, tmp_path: Path, connection: Callable[..., None]
) -> Callable[[Pages], pa.Table]:
    """Return a function that gives the table that the source makes of these pages."""
    connect_api(connection, api[1])

    def table_of(pages: Pages) -> pa.Table:
        api[0].pages = pages
        extracted(run, tmp_path)
        return Tables(tmp_path / "out").read("orders")

    return table_of


def as_stored(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.loads(written(value))
    return value


@BOTH
@given(records=tables())
def test_every_value_of_json_comes_back(read: Callable[[Pages], pa.Table], records: list[dict[str, Any]]) -> None:
    found = read([records]).to_pylist()

    for record, row in zip(records, found, strict=True):
        assert set(record) <= set(row)
        for name, stored in row.items():
            value = record.get(name)
            if isinstance(value, dict | list):
                assert json.loads(stored) == as_stored(value)
            elif isinstance(value, Decimal):
                assert Decimal(repr(stored) if isinstance(stored, float) else stored) == value
            else:
                assert stored == value
                assert isinstance(stored, bool) == isinstance(value, bool)


@BOTH
@given(records=tables(), cuts=st.lists(st.integers(0, 12), max_size=4))
def test_however_records_are_cut_into_pages_the_table_is_the_same(
    read: Callable[[Pages], pa.Table], records: list[dict[str, Any]], cuts: list[int]
) -> None:
    edges = [0, *sorted(min(cut, len(records)) for cut in cuts), len(records)]
    pages = [records[first:last] for first, last in pairwise(edges)]

    assert read(pages).equals(read([records]))
