"""Whatever rows come: each is accounted for, those that fit obey the model to the last digit, the others say why."""

from __future__ import annotations

import datetime as dt
import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonical import united

MODEL = """
    key: order_id
    columns:
      order_id: {type: text, required: true}
      country: {type: text, allowed: [DE, AT, CH]}
      quantity: {type: integer, at_least: 1, at_most: 9}
      weight: {type: "decimal(12,3)", unit: kg}
      total: {type: "decimal(14,2)", required: true, currency: EUR}
      day: {type: date, required: true}
    """
DATASET = """
    model: order
    max_rejects: 100%
    rates: {from: fx, base: EUR, on: day}
    channels:
      web:
        from: web_orders
        columns:
          country: {column: land, values: {Germany: DE, Austria: AT}}
          weight: {column: grams, unit: g}
          total: {column: total, currency: {column: currency}}
      shop:
        from: shop_orders
        columns:
          country: land
          weight: {column: grams, unit: g}
    """
COLUMNS = ("order_id", "land", "quantity", "grams", "total", "currency", "day")
DAY = dt.date(2026, 10, 1)
RATES = {"USD": Decimal("1.0873"), "CHF": Decimal("0.9312"), "JPY": Decimal(160)}
LANDS = {"web": {"Germany": "DE", "Austria": "AT"}, "shop": {"DE": "DE", "CH": "CH"}}

Row = tuple[str | None, ...]


def amounts(places: int) -> st.SearchStrategy[str]:
    return st.decimals(-(10**9), 10**9, places=places, allow_nan=False, allow_infinity=False).map("{:f}".format)


ROWS = st.tuples(
    st.sampled_from([None, " ", *"abcdefgh"]),
    st.sampled_from([None, "Germany", "Austria", "DE", "CH", "France; Spain", "d'Or"]),
    st.sampled_from([None, "1", "9", "10", "0", "2.0", "2.5", "two"]),
    st.none() | amounts(2) | st.just("heavy"),
    st.none() | amounts(2) | amounts(2) | amounts(3) | st.just("12,x"),
    st.sampled_from([None, "EUR", "USD", "CHF", "JPY", "GBP"]),
    st.sampled_from([None, "2026-10-01", "2026-10-01", "2026-10-05", "2026-11-30", "1.10.2026"]),
)


def rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def expected(channel: str, row: Row) -> dict[str, object] | None:
    """Return what a row is in the model; None where it does not fit. In words of its own: nothing of the package."""
    order_id, land, quantity, grams, total, currency, day = row
    fits = order_id not in (None, " ") and (land is None or land in LANDS[channel])
    fits = fits and quantity in (None, "1", "9", "2.0") and grams != "heavy"
    fits = fits and total not in (None, "12,x") and day not in (None, "1.10.2026")
    if not fits:
        return None
    amount = Decimal(str(total))
    if channel == "shop" or currency == "EUR":
        if amount != rounded(amount, 2):
            return None
    elif currency not in RATES or day == "2026-11-30":
        return None
    else:
        amount = amount / RATES[currency]
    return {
        "channel": channel, "order_id": order_id, "country": LANDS[channel].get(str(land)),
        "quantity": int(float(quantity)) if quantity else None,
        "weight": rounded(Decimal(grams) / 1000, 3) if grams else None, "total": rounded(amount, 2),
        "day": dt.date.fromisoformat(str(day)),
    }  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(ROWS, max_size=60), st.lists(ROWS, max_size=60))
def test_every_row_fits_or_says_why(web: list[Row], shop: list[Row]) -> None:
    good: Row = ("first", None, None, None, "1.00", "EUR", "2026-10-01")  # at least one fits, or the report stops
    came = {"web": [good, *web], "shop": shop}
    tables = {f"{name}_orders": table(rows) for name, rows in came.items()}
    fx = pa.table({"date": [DAY] * 3, "currency": [*RATES], "rate": [float(rate) for rate in RATES.values()]})

    with TemporaryDirectory() as folder:
        made = united(Path(folder), DATASET, MODEL, **tables, fx=fx)

    wanted, taken, refused = [], set(), []
    for channel, rows in came.items():
        for number, row in enumerate(rows, start=1):
            found = expected(channel, row)
            if found is None or found["order_id"] in taken:
                refused.append((channel, number, dict(zip(COLUMNS, row, strict=True))))
            else:
                wanted.append(found)
                taken.add(found["order_id"])
    assert made.rows == wanted
    assert [(row["channel"], row["row_number"], json.loads(row["row"])) for row in made.rejected] == refused
    assert all(row["reason"] and row["problems"] for row in made.rejected)
    assert sum(row["rows"] for row in made.rejects) == sum(row["problems"].count("; ") + 1 for row in made.rejected)


def table(rows: list[Row]) -> pa.Table:
    values = zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
    return pa.table({name: pa.array([*column], pa.string()) for name, column in zip(COLUMNS, values, strict=True)})
