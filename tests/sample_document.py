"""A realistic report, made by hand: what the formats' tests render."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from scheduled_reports.document import (
    ChartBlock,
    Document,
    HeadingBlock,
    KpisBlock,
    Notice,
    Provenance,
    TableBlock,
    TextBlock,
)
from scheduled_reports.document.block import Block
from scheduled_reports.schedule.period import Period
from scheduled_reports.tables import Tables

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


def document(folder: Path, *blocks: Block) -> Document:
    """Return a document of `blocks`, bound to the tables in `folder`."""
    start, day = dt.datetime(2026, 10, 1, tzinfo=ZoneInfo("Europe/Berlin")), dt.timedelta(days=1)
    end, before = start + day, start - day
    period = Period(start, end, before, start)
    generated = end.replace(hour=6, minute=30)
    provenance = Provenance(
        "morning_brief", "daily", "scheduled__2026-10-02T04:30:00+00:00", "3f9a1c07be52", generated, "owner@example.com"
    )
    words = {"period": period, "schedule": {"timezone": "Europe/Berlin"}}
    bound = tuple(block.bind(Tables(folder), words) for block in blocks)
    return Document("Morning Brief", "How the campaigns did yesterday.", period, bound, Tables(folder), provenance)


def write(folder: Path, name: str, columns: dict[str, list[Any]]) -> None:
    """Write the table `name` into `folder`."""
    pq.write_table(pa.table(columns), folder / f"{name}.parquet")


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
