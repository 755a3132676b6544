"""The demo's orders: the same every time, from a real API and from files as partners send them."""

import csv
import datetime as dt
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.orders import BERLIN, partner_orders, web_orders
from demo.partner_files import drop_files
from demo.shop_api import PAGE, ShopApi

DAY = dt.date(2026, 10, 1)
SPAN = {"from": "2026-09-30T22:00:00Z", "to": "2026-10-01T22:00:00Z"}


@pytest.fixture(scope="module")
def api() -> Iterator[ShopApi]:
    with ShopApi("open sesame") as server:
        yield server


def ask(api: ShopApi, path: str, token: str = "open sesame", **asked: str) -> bytes:
    url = f"http://{api.host}:{api.port}{path}?{urllib.parse.urlencode(asked)}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def test_a_days_orders_are_the_same_every_time_and_in_the_order_of_their_times() -> None:
    orders = web_orders(DAY)

    assert orders == web_orders(DAY)
    assert [order["created"] for order in orders] == sorted(order["created"] for order in orders)
    assert {dt.datetime.fromisoformat(order["created"]).astimezone(BERLIN).date() for order in orders} == {DAY}


def test_the_api_gives_every_order_once_in_pages(api: ShopApi) -> None:
    found: list[dict[str, Any]] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = json.loads(ask(api, "/v2/orders", **SPAN, cursor=cursor))
        assert len(page["data"]) <= PAGE
        assert page["meta"]["total"] == len(web_orders(DAY))
        found += page["data"]
        cursor = page["meta"]["next_cursor"]

    assert found == web_orders(DAY)


def test_the_api_wants_its_token(api: ShopApi) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        ask(api, "/v2/orders", token="guessed", **SPAN)


def test_the_api_says_what_is_wrong_with_a_request(api: ShopApi) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400") as caught:
        ask(api, "/v2/orders", **{**SPAN, "from": "2026-10-01"})

    assert "an instant needs its offset" in caught.value.read().decode()


def test_rates_are_a_csv_file_of_the_days_asked_for(api: ShopApi) -> None:
    assert ask(api, "/v2/rates", **SPAN).decode().splitlines() == ["date,currency,rate", "2026-10-01,CHF,0.9340"]


def test_partners_drop_one_file_a_day_in_their_old_encoding_and_with_their_mistakes(tmp_path: Path) -> None:
    assert drop_files(tmp_path, DAY) == 35
    assert drop_files(tmp_path, DAY) == 0
    with (tmp_path / "orders_20261001.csv").open(encoding="cp1252", newline="") as file:
        records = list(csv.reader(file, delimiter=";"))

    assert records == list(partner_orders(DAY))
    assert {len(record) for record in records} == {10, 6}
    assert [record[8] for record in records[1:] if len(record) > 8 and "," not in record[8]] == ["auf Anfrage"]
