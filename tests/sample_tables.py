"""The tables of the reports that the formats' tests render, as Parquet files."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

CALLS = 2000
REGIONS = ("North", "East", "South", "West")
CITIES = {
    "North": ("Hamburg", "Bremen", "Kiel", "Rostock", "Lübeck"),
    "East": ("Berlin", "Leipzig", "Dresden", "Magdeburg", "Potsdam"),
    "South": ("München", "Stuttgart", "Nürnberg", "Ulm", "Augsburg"),
    "West": ("Köln", "Düsseldorf", "Dortmund", "Essen", "Aachen"),
}
PRODUCTS = ("Fiber 250", "Mobile Unlimited", "TV & Streaming")
AGENTS = ("Anna Schröder", "王小明", "Łukasz Wójcik", "Ελένη Παππά", "Иван Петров", "Zoë O'Neill", "محمد العلي")
SCRIPTS = (
    ("Čeština", "Příliš žluťoučký kůň úpěl ďábelské ódy."),
    ("中文", "十月份客户满意度达到新高，光纤合同增长百分之十二。"),
    ("日本語", "売上は先月より四・六パーセント増えました。"),
    ("العربية", "ارتفعت المبيعات في أكتوبر بنسبة 12 % مقارنة بالشهر السابق."),
    ("עברית", "המכירות עלו באוקטובר."),
    ("Long word", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3),
    ("Formula", '=HYPERLINK("https://evil.example";"click")'),
    ("Markup", "<script>alert(1)</script> & <b>bold</b>"),
)


def write(folder: Path, name: str, columns: dict[str, list[Any]]) -> None:
    """Write the table `name` into `folder`."""
    pq.write_table(pa.table(columns), folder / f"{name}.parquet")


def write_showcase(folder: Path) -> None:
    """Write the tables and the picture of the showcase."""
    days = [dt.date(2026, 10, day) for day in range(1, 32)]
    wave = [round(240 + 60 * math.sin(day / 2.2) + day * 2) for day in range(31)]
    write(folder, "figures", {
        "calls": [7753], "calls_before": [7411], "rate": [0.193], "rate_before": [0.206], "revenue": [1138238.4],
        "revenue_target": [1100000.0], "revenue_year": [1089021.5], "wait": [34.6], "wait_before": [41.2],
    })  # fmt: skip
    write(folder, "days", {
        "day": days, "calls": wave, "revenue": [value * 151.2 for value in wave],
        "wait": [40 - value / 40 + number % 5 for number, value in enumerate(wave)],
    })  # fmt: skip
    pairs = [(day, place) for day in range(31) for place in range(4)]
    write(folder, "calls_per_day", {
        "day": [days[day] for day, _ in pairs], "region": [REGIONS[place] for _, place in pairs],
        "calls": [round(wave[day] / 4 + place * 18 + (day * 7 + place * 5) % 17) for day, place in pairs],
    })  # fmt: skip
    write(folder, "products", {
        "product": [*PRODUCTS], "contracts": [812, 1204, 377], "revenue": [498220.0, 512018.4, 128000.0],
    })  # fmt: skip
    write(folder, "reasons", {
        "reason": ["Invoice", "Contract", "Moving", "Fault", "Other"], "calls": [2410, 1980, 1530, 1122, 711],
    })  # fmt: skip
    grid = [(day, hour) for day in range(7) for hour in range(8, 20)]
    write(folder, "hours", {
        "weekday": [("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day] for day, _ in grid],
        "hour": [hour for _, hour in grid],
        "calls": [round((130 - 14 * day) * (1 + math.sin((hour - 6) / 3.6))) for day, hour in grid],
    })  # fmt: skip
    _write_long_tables(folder)
    _write_picture(folder / "include" / "images")


def _write_long_tables(folder: Path) -> None:
    places = [(region, city, product) for region in REGIONS for city in CITIES[region] for product in PRODUCTS]
    contracts = [12 + number * 37 % 91 for number in range(60)]
    called = [190 + number * 53 % 170 for number in range(60)]
    write(folder, "cities", {
        "region": [place[0] for place in places], "city": [place[1] for place in places],
        "product": [place[2] for place in places], "contracts": contracts, "calls": called,
        "conversion": [part / whole for part, whole in zip(contracts, called, strict=True)],
        "revenue": [count * 431.5 for count in contracts],
        "change": [(number * 29 % 23 - 9) / 100 for number in range(60)],
    })  # fmt: skip
    write(folder, "agents", {
        "agent": [*AGENTS], "calls": [1290, 1120, 1078, 961, 905, 870, 529],
        "minutes": [5160, 4704, 4420, 4036, 3710, 3480, 2222],
    })  # fmt: skip
    months = {f"{2025 + number // 12}-{number % 12 + 1:02d}": number for number in range(22)}
    write(folder, "months", {"city": [city for cities in CITIES.values() for city in cities]} | {
        name: [(row + 3) * (number + 7) * 1237 % 98765 for row in range(20)] for name, number in months.items()
    })  # fmt: skip
    write(folder, "scripts", {"language": [name for name, _ in SCRIPTS], "text": [text for _, text in SCRIPTS]})
    write(folder, "outages", {"started": [], "minutes": [], "what": []})
    start = dt.datetime(2026, 10, 1, 8, tzinfo=ZoneInfo("Europe/Berlin"))
    write(folder, "calls", {
        "call": list(range(100_001, 100_001 + CALLS)), "agent": [AGENTS[number % 7] for number in range(CALLS)],
        "started": [start + dt.timedelta(minutes=21 * number) for number in range(CALLS)],
        "seconds": [30 + number * 97 % 571 for number in range(CALLS)],
        "city": [places[number * 11 % 60][1] for number in range(CALLS)],
        "product": [places[number * 11 % 60][2] for number in range(CALLS)],
        "revenue": [None if number % 6 else round(9.95 + number * 41 % 380, 2) for number in range(CALLS)],
    })  # fmt: skip


def _write_picture(folder: Path) -> None:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (1200, 420), "#eef3f6")
    draw = ImageDraw.Draw(image)
    for number in range(10):
        left = 30 + number * 116
        draw.rectangle((left, 40, left + 90, 180), fill="#9fc3d2", outline="#0b5c7a", width=4)
        draw.rectangle((left, 240, left + 90, 380), fill="#d5e4ea", outline="#0b5c7a", width=4)
    folder.mkdir(parents=True, exist_ok=True)
    image.save(folder / "floor.png")
