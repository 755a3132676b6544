"""The ledger's tables. A change here needs a migration beside it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
                       "pk": "pk_%(table_name)s"}
)  # fmt: skip


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware instant, kept as UTC without a zone, so that SQLite and PostgreSQL return the same."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Turn an aware instant into UTC wall time."""
        return value.astimezone(dt.UTC).replace(tzinfo=None) if value is not None else None

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dt.datetime | None:
        """Turn UTC wall time into an aware instant."""
        return value.replace(tzinfo=dt.UTC) if value is not None else None


class Parts(TypeDecorator[dict[int, str]]):
    """The receipts of a delivery's messages by their numbers, kept as JSON; nothing where it goes in one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[int, str] | None, dialect: Dialect) -> str:
        """Turn receipts into text."""
        return json.dumps(value) if value else ""

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dict[int, str]:
        """Turn text into receipts."""
        return {int(number): receipt for number, receipt in json.loads(value).items()} if value else {}


def _period() -> list[Column[Any]]:
    return [
        Column("report_id", String(200), nullable=False),
        Column("schedule_id", String(63), nullable=False),
        Column("period_start", UtcDateTime, nullable=False),
        Column("period_end", UtcDateTime, nullable=False),
    ]


run = Table(
    "scheduled_reports_run",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("run_id", String(250), nullable=False),
    *_period(),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("spec_digest", String(64), nullable=False),
    Column("folder", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("variant", String(16), nullable=False, default="", server_default=""),
)
Index(None, run.c.report_id, run.c.schedule_id, run.c.period_start)
Index(None, run.c.started_at)

delivery = Table(
    "scheduled_reports_delivery",
    metadata,
    Column("id", String(36), primary_key=True),
    *_period(),
    Column("destination", String(63), nullable=False),
    Column("channel", String(63), nullable=False),
    Column("recipient", String(500), nullable=False),
    Column("identity", String(500), nullable=False),
    Column("issue", Integer, nullable=False),
    Column("run_id", String(250), nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("size", BigInteger),
    Column("seconds", Float),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("claimed_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("claimed_by", String(36)),
    Column("lease_until", UtcDateTime),
    Column("parts", Parts, nullable=False, default=dict, server_default=""),
    UniqueConstraint("report_id", "schedule_id", "period_start", "period_end", "destination", "identity", "issue"),
)
Index(None, delivery.c.report_id, delivery.c.schedule_id, delivery.c.run_id)
Index(None, delivery.c.planned_at, delivery.c.id)
Index(None, delivery.c.state, delivery.c.planned_at, delivery.c.id)
Index(None, delivery.c.report_id, delivery.c.planned_at, delivery.c.id)
Index(None, delivery.c.run_id, delivery.c.planned_at, delivery.c.id)
Index(None, delivery.c.identity, delivery.c.planned_at)

audit = Table(
    "scheduled_reports_audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(500), nullable=False),
    Column("delivery_id", String(36), nullable=False),
    Column("was", String(20), nullable=False),
    Column("is_now", String(20), nullable=False),
    Column("why", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
Index(None, audit.c.delivery_id, audit.c.seq)

audit_head = Table(
    "scheduled_reports_audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

measure = Table(
    "scheduled_reports_measure",
    metadata,
    Column("id", String(36), primary_key=True),
    *_period(),
    Column("run_id", String(250), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("name", String(500), nullable=False),
    Column("part", String(500), nullable=False),
    Column("value", Float),
    Column("text", Text),
    Column("noted_at", UtcDateTime, nullable=False),
)
Index(None, measure.c.report_id, measure.c.schedule_id, measure.c.run_id, measure.c.kind)

check_result = Table(
    "scheduled_reports_check_result",
    metadata,
    Column("id", String(36), primary_key=True),
    *_period(),
    Column("run_id", String(250), nullable=False),
    Column("name", String(63), nullable=False),
    Column("type", String(63), nullable=False),
    Column("part", String(500), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("value", Float),
    Column("failing_rows", BigInteger),
    Column("noted_at", UtcDateTime, nullable=False),
)
Index(None, check_result.c.report_id, check_result.c.schedule_id, check_result.c.run_id)

decision = Table(
    "scheduled_reports_decision",
    metadata,
    Column("id", String(36), primary_key=True),
    *_period(),
    Column("run_id", String(250), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("decided_by", String(250), nullable=False),
    Column("comment", Text, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("about", String(64), nullable=False, default=""),
)
Index(None, decision.c.report_id, decision.c.schedule_id, decision.c.run_id)

told = Table(
    "scheduled_reports_told",
    metadata,
    Column("id", String(36), primary_key=True),
    *_period(),
    Column("run_id", String(250), nullable=False),
    Column("about", String(64), nullable=False),
    Column("address", String(500), nullable=False),
    Column("told_at", UtcDateTime, nullable=False),
)
Index(None, told.c.about)

probe = Table(
    "scheduled_reports_probe",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("name", String(500), nullable=False),
    Column("report_id", String(200), nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("seconds", Float),
    Column("newest", UtcDateTime),
    Column("probed_at", UtcDateTime, nullable=False),
)
Index(None, probe.c.kind, probe.c.name, probe.c.probed_at)

probe_told = Table(
    "scheduled_reports_probe_told",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("address", String(500), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("name", String(500), nullable=False),
    Column("report_id", String(200), nullable=False),
    Column("state", String(10), nullable=False),
    Column("told_at", UtcDateTime, nullable=False),
)
Index(None, probe_told.c.kind, probe_told.c.name)
