"""The shop that the tour reports on: four days, with everything in it that checks and conditions are for."""

from __future__ import annotations

import sqlite3
from pathlib import Path

DAYS = ("2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04")
STOCK = {
    "SKU-1": ("Desk lamp", 20, (12, 11, 45, 8)),
    "SKU-2": ("Office chair", 5, (9, 9, 8, 4)),
    "SKU-3": ("Whiteboard", 3, (14, 13, 13, 12)),
}
"""Of each product: its name, its reorder level, and what is on hand on each day."""


def build(path: Path) -> None:
    """Write the shop's database: orders, one without a customer, payments, one missing, and the stock."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE orders (order_id INTEGER, day TEXT, booked_at TEXT, channel TEXT, customer TEXT, amount REAL)"
        )
        connection.execute("CREATE TABLE payments (order_id INTEGER, day TEXT, amount REAL)")
        connection.execute(
            "CREATE TABLE stock (day TEXT, sku TEXT, product TEXT, on_hand INTEGER, reorder_level INTEGER)"
        )
        orders = [order for number, day in enumerate(DAYS) for order in _orders(day, 100 * number)]
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)", orders)
        paid = [(number, day, amount) for number, day, *_, amount in orders if number % 100 != 17]
        connection.executemany("INSERT INTO payments VALUES (?, ?, ?)", paid)
        connection.executemany("INSERT INTO stock VALUES (?, ?, ?, ?, ?)", [
            (day, sku, product, counts[number], level)
            for sku, (product, level, counts) in STOCK.items() for number, day in enumerate(DAYS)
        ])  # fmt: skip
    connection.close()


def _orders(day: str, first: int) -> list[tuple[int, str, str, str, str | None, float]]:
    """Return a day's 40 orders, booked from 08:00 to 14:30."""
    channels = ("web", "phone", "web", "shop")
    return [
        (first + number, day, f"{day} {8 + number // 6:02d}:{number % 6 * 10:02d}:00", channels[number % 4],
         None if number == 23 else f"Customer {number % 11 + 1}", 20 + number * 7 % 60 + number % 4 / 4)
        for number in range(1, 41)
    ]  # fmt: skip
