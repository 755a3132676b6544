"""The orders that reach the demo company without a call: its web shop's and its partners', the same on every machine.

They come as those systems would send them: the shop with instants in UTC, countries in English and Swiss francs; the
partners with local times, countries in German, decimal commas and the mistakes of people who type.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from demo.warehouse_names import CAMPAIGNS

BERLIN = ZoneInfo("Europe/Berlin")
WEB_A_DAY, PARTNERS_A_DAY = 140, 90
FRANCS_PER_EURO = Decimal("0.9312")
SHOPS = (("shop-de", "Germany", "EUR"), ("shop-at", "Austria", "EUR"), ("shop-ch", "Switzerland", "CHF"))
PARTNERS = ("Preisvergleich24", "Süd-Makler", "Tarifcheck")
COUNTRIES = ("Deutschland", "Österreich", "Schweiz")
_FIRST = (
    "anna",
    "ben",
    "clara",
    "david",
    "elif",
    "frank",
    "greta",
    "hugo",
    "ida",
    "jan",
    "katja",
    "lars",
    "mia",
    "nils",
)
_LAST = ("albrecht", "brandt", "celik", "dorn", "ernst", "fuchs", "gruber", "huber", "ivanov", "jung", "keller", "lang")


@dataclass(frozen=True)
class Order:
    """One order as its customer gave it; `price` is in euros, `usage` in kWh a year or None where there is none."""

    number: int
    ordered_at: dt.datetime
    email: str
    product: str
    quantity: int
    price: Decimal
    usage: int | None


def web_orders(day: dt.date) -> list[dict[str, Any]]:
    """Return the web shop's orders of a Berlin day, as its API gives them."""
    return [_for_api(day, order, Random(f"shop {day} {order.number}")) for order in _orders("web", day, WEB_A_DAY)]


def partner_orders(day: dt.date) -> Iterator[list[str]]:
    """Yield the records of the partners' file of a Berlin day, its heading first."""
    yield ["Bestellnr", "Datum", "Partner", "E-Mail", "Land", "Artikel", "Menge", "Verbrauch MWh", "Betrag", "Währung"]
    for order in _orders("partner", day, PARTNERS_A_DAY):
        yield _for_file(day, order, Random(f"partner {day} {order.number}"))


def francs(day: dt.date) -> Decimal:
    """Return how many Swiss francs one euro was worth on a day."""
    return FRANCS_PER_EURO + Decimal(Random(f"rate {day}").randrange(-60, 60)) / 10_000


def _orders(channel: str, day: dt.date, usual: int) -> Iterator[Order]:
    """Yield a day's orders in the order of their times, on Sundays too."""
    chance = Random(f"{channel} {day}")
    count = round(usual * (0.85 + 0.3 * chance.random()) * (0.7 if day.weekday() == 6 else 1))
    seconds = sorted(min(max(round(chance.gauss(15, 4.5) * 3600), 0), 86_399) for _ in range(count))
    midnight = dt.datetime.combine(day, dt.time(), BERLIN).astimezone(dt.UTC)
    for number, second in enumerate(seconds, start=1):
        product, price, energy = chance.choice(_products(day))
        email = f"{chance.choice(_FIRST)}.{chance.choice(_LAST)}{chance.randrange(100)}@mail.example"
        usage = chance.randrange(14, 60) * 100 if energy else None
        quantity = 2 if chance.random() < 0.06 else 1
        yield Order(number, midnight + dt.timedelta(seconds=second), email, product, quantity, price, usage)


@cache
def _products(day: dt.date) -> list[tuple[str, Decimal, bool]]:
    """Return (name, price in euros, whether it is an energy tariff) of what is sold on a day."""
    active = (campaign for campaign in CAMPAIGNS if campaign.active_on(day))
    return [
        (name, Decimal(str(price)), campaign.product == "Energietarif")
        for campaign in active
        for name, price in campaign.offers
    ]


def _for_api(day: dt.date, order: Order, chance: Random) -> dict[str, Any]:
    shop, country, currency = chance.choices(SHOPS, weights=(7, 1, 2))[0]
    total = order.price * order.quantity * (francs(day) if currency == "CHF" else 1)
    return {
        "id": f"W{day:%y%m%d}-{order.number:04d}",
        "created": f"{order.ordered_at:%Y-%m-%dT%H:%M:%SZ}",
        "shop": shop,
        "email": order.email,
        "country": country,
        "product": order.product,
        "quantity": order.quantity,
        "usage_kwh": order.usage,
        "total": str(total.quantize(Decimal("0.01"))),
        "currency": currency,
    }


def _for_file(day: dt.date, order: Order, chance: Random) -> list[str]:
    usage = f"{Decimal(order.usage) / 1000:.1f}".replace(".", ",") if order.usage is not None else ""
    amount = f"{order.price * order.quantity:.2f}".replace(".", ",")
    country = chance.choices(COUNTRIES, weights=(8, 1, 1))[0]
    record = [
        f"P{day:%y%m%d}{order.number:04d}", f"{order.ordered_at.astimezone(BERLIN):%d.%m.%Y %H:%M}",
        chance.choice(PARTNERS), order.email, country, order.product, str(order.quantity), usage, amount, "EUR",
    ]  # fmt: skip
    match order.number:  # what people who type get wrong, the same numbers every day
        case 17:
            record[4] = "Frankreich"
        case 23:
            record[8] = "auf Anfrage"
        case 41:
            record[6] = "0"
        case 58:
            record = record[:6]
    return record
