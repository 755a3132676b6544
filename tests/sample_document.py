"""A realistic report, made by hand: what the formats' tests render."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from sample_tables import write, write_showcase
from scheduled_reports.brands import HOUSE, Brand
from scheduled_reports.document import (
    AnyBlock,
    Binding,
    Bound,
    ChartBlock,
    Document,
    Freshness,
    HeadingBlock,
    KpisBlock,
    Notice,
    Provenance,
    TableBlock,
    TextBlock,
    arranged,
)
from scheduled_reports.document.block import Block, bind_all
from scheduled_reports.language import ENGLISH, Language
from scheduled_reports.schedule.period import Period
from scheduled_reports.tables import Tables
from showcase_content import CONTENT, DESCRIPTION, TITLE, in_language

__all__ = ["LONG_NAME", "PROSE", "STALE", "bind", "binding", "brief", "document", "showcase", "write"]

LONG_NAME = "Retention & Recovery of Former Business Customers, Northern Region 2026"
CAMPAIGNS = [
    ("=Premium+ Renewal", 1284, 0.312, 41250.5, 214.0),
    ('Win-Back "Sommer \'26"', 968, 0.187, 18420.0, 188.5),
    ("Fiber <100 Mbit> & TV", 2315, 0.094, 9875.25, 241.2),
    ("王小明的推荐计划", 412, 0.251, 12030.0, 305.7),
    ("Loyalty 🎉 Gold", 655, 0.402, 27316.0, 176.4),
    (LONG_NAME, 87, 0.046, 640.0, 412.9),
    ("Énergie verte – Île-de-France", 530, 0.158, 7412.8, 199.1),
    ("+Plus Tarif", 0, None, None, None),
    ("<b>Debt</b> follow-up", 1502, 0.221, -3120.75, 167.0),
]
PROSE = "Calls rose by **4.6 %**, conversion fell:\n\n- *Gold* sold best\n- <b>Debt</b> lost"
STALE = Notice("STALE", "fx was last updated on Thursday, 19 November 2026 at 05:02; <orders> is up to date.")
AGENT_NAMES = ["Anna Schröder", "王小明", "Łukasz Wójcik", "Ελένη Παππά", "Иван Петров", "Zoë O'Neill", "José Núñez"]


def brief(folder: Path) -> Document:
    """Return the "Morning Brief" of a call centre; its tables are Parquet files in `folder`."""
    write(folder, "kpis", {
        "calls": [7753], "calls_before": [7411], "rate": [0.193], "rate_before": [0.206],
        "revenue": [113823.8], "revenue_before": [108902.15], "wait": [24.6], "wait_before": [31.2], "agents": [45],
    })  # fmt: skip
    write(folder, "calls_per_hour", {
        "hour": [hour for hour in range(8, 20) for _ in range(2)],
        "direction": ["inbound", "outbound"] * 12,
        "calls": [180 + (hour * 37 + side * 53) % 190 for hour in range(8, 20) for side in range(2)],
    })  # fmt: skip
    names = ("campaign", "calls", "conversion", "revenue", "handle_time")
    write(folder, "campaigns", dict(zip(names, map(list, zip(*CAMPAIGNS, strict=True)), strict=True)))
    write(folder, "agents", {
        "agent": [f"{AGENT_NAMES[number % 7]} {number:02d}" for number in range(1, 46)],
        "team": [("North", "South", "Night shift")[number % 3] for number in range(45)],
        "first_call": [dt.datetime(2026, 10, 1, 8, number) for number in range(45)],  # noqa: DTZ001 - local times
        "calls": [90 + number * 7 % 61 for number in range(45)],
        "conversion": [0.08 + number * 13 % 29 / 100 for number in range(45)],
        "revenue": [1200.5 + number * 317 % 2900 for number in range(45)],
    })  # fmt: skip
    return document(folder, *_blocks())


def document(folder: Path, *blocks: Block, language: Language = ENGLISH, brand: Brand = HOUSE) -> Document:
    """Return a document of `blocks`, bound to the tables in `folder`; their files are in `include` within it."""
    start, day = dt.datetime(2026, 10, 1, tzinfo=ZoneInfo("Europe/Berlin")), dt.timedelta(days=1)
    end, before = start + day, start - day
    period = Period(start, end, before, start)
    generated = end.replace(hour=6, minute=30)
    provenance = Provenance(
        "morning_brief", "daily", "scheduled__2026-10-02T04:30:00+00:00", "3f9a1c07be52", generated, "owner@example.com"
    )
    bound = bind(folder, period, blocks, language)
    return Document("Morning Brief", "How the campaigns did yesterday.", period, bound, Tables(folder), provenance,
                    brand=brand, language=language)  # fmt: skip


def bind(folder: Path, period: Period, blocks: Iterable[Block], language: Language = ENGLISH) -> tuple[Bound, ...]:
    """Return blocks bound to the tables in `folder`."""
    return arranged(bind_all(blocks, binding(folder, period, language), "content"))


def binding(folder: Path, period: Period | None = None, language: Language = ENGLISH) -> Binding:
    """Return what blocks are bound to: the tables in `folder`."""
    words = {"period": period, "schedule": {"timezone": "Europe/Berlin"}}
    return Binding(Tables(folder), words, language, folder / "include")


def showcase(folder: Path, language: Language = ENGLISH, brand: Brand = HOUSE) -> Document:
    """Return a monthly report with every kind of block, English or German; its tables are written into `folder`."""
    zone = ZoneInfo("Europe/Berlin")
    period = Period(*(dt.datetime(2026, month, 1, tzinfo=zone) for month in (10, 11, 9, 10)))
    generated = dt.datetime(2026, 11, 1, 6, 30, tzinfo=zone)
    fresh = (Freshness("crm", generated, generated.replace(hour=2)), Freshness("billing", generated))
    provenance = Provenance(
        "contact_centre", "monthly", "scheduled__2026-11-01T05:30:00+00:00", "3f9a1c07be52", generated,
        "reports@northwind.example", "a1b2c3d4", fresh, "https://airflow.northwind.example/dags/contact_centre__monthly",
    )  # fmt: skip
    write_showcase(folder)
    read = TypeAdapter(AnyBlock).validate_python
    blocks = bind(folder, period, [read(entry) for entry in in_language(CONTENT, language.code)], language)
    title, description = in_language(TITLE, language.code), in_language(DESCRIPTION, language.code)
    return Document(title, description, period, blocks, Tables(folder), provenance, brand=brand, language=language)


def _blocks() -> tuple[Block, ...]:
    kpis = KpisBlock.model_validate({"type": "kpis", "dataset": "kpis", "items": [
        {"label": "Calls", "value": "calls", "previous": "calls_before"},
        {"label": "Conversion", "value": "rate", "previous": "rate_before", "format": "0.0%"},
        {"label": "Revenue", "value": "revenue", "previous": "revenue_before", "format": "#,##0 €"},
        {"label": "Average wait", "value": "wait", "previous": "wait_before", "format": "0.0 's'", "better": "lower"},
        {"label": "Agents on shift", "value": "agents"},
    ]})  # fmt: skip
    chart = ChartBlock.model_validate({
        "type": "chart", "title": "Calls per hour", "dataset": "calls_per_hour",
        "alt": "Inbound and outbound calls for each hour from 8 to 19", "vega_lite": {
            "mark": "bar", "encoding": {
                "x": {"field": "hour", "type": "ordinal", "title": "Hour of day", "axis": {"labelAngle": 0}},
                "xOffset": {"field": "direction"},
                "y": {"field": "calls", "type": "quantitative", "title": "Calls"},
                "color": {"field": "direction", "type": "nominal", "title": None},
            }},
    })  # fmt: skip
    campaigns = TableBlock.model_validate({"type": "table", "title": "Campaigns", "dataset": "campaigns", "columns": [
        {"name": "campaign"}, {"name": "calls", "format": "#,##0"}, {"name": "conversion", "format": "0.0%"},
        {"name": "revenue", "format": "#,##0.00 €"}, {"name": "handle_time", "format": "0.0 's'"},
    ]})  # fmt: skip
    agents = TableBlock.model_validate({"type": "table", "title": "Agents", "dataset": "agents", "columns": [
        {"name": "agent"}, {"name": "team"}, {"name": "first_call", "format": "HH:mm"}, {"name": "calls"},
        {"name": "conversion", "format": "0.0%"}, {"name": "revenue", "format": "#,##0.00 €"},
    ]})  # fmt: skip
    return (
        kpis,
        HeadingBlock(type="heading", text="What happened on {{ period.start | date('%-d %B') }}"),
        TextBlock(type="text", markdown=PROSE),
        chart,
        campaigns,
        HeadingBlock(type="heading", text="Who was on shift", level=2),
        agents,
    )
