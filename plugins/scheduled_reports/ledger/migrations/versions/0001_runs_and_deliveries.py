"""Runs and deliveries."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _period() -> list[sa.Column[Any]]:
    return [
        sa.Column("report_id", sa.String(200), nullable=False),
        sa.Column("schedule_id", sa.String(63), nullable=False),
        sa.Column("period_start", sa.DateTime, nullable=False),
        sa.Column("period_end", sa.DateTime, nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "scheduled_reports_run",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("run_id", sa.String(250), nullable=False),
        *_period(),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("spec_digest", sa.String(64), nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_scheduled_reports_run"),
    )
    op.create_index("ix_scheduled_reports_run_report_id_schedule_id_period_start", "scheduled_reports_run",
                    ["report_id", "schedule_id", "period_start"])  # fmt: skip
    op.create_table(
        "scheduled_reports_delivery",
        sa.Column("id", sa.String(36), nullable=False),
        *_period(),
        sa.Column("destination", sa.String(63), nullable=False),
        sa.Column("channel", sa.String(63), nullable=False),
        sa.Column("recipient", sa.String(500), nullable=False),
        sa.Column("identity", sa.String(500), nullable=False),
        sa.Column("issue", sa.Integer, nullable=False),
        sa.Column("run_id", sa.String(250), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("receipt", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger),
        sa.Column("seconds", sa.Float),
        sa.Column("planned_at", sa.DateTime, nullable=False),
        sa.Column("claimed_at", sa.DateTime),
        sa.Column("settled_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_scheduled_reports_delivery"),
        sa.UniqueConstraint("report_id", "schedule_id", "period_start", "period_end", "destination", "identity",
                            "issue", name="uq_scheduled_reports_delivery_report_id"),
    )  # fmt: skip
    op.create_index("ix_scheduled_reports_delivery_report_id_schedule_id_run_id", "scheduled_reports_delivery",
                    ["report_id", "schedule_id", "run_id"])  # fmt: skip


def downgrade() -> None:
    op.drop_table("scheduled_reports_delivery")
    op.drop_table("scheduled_reports_run")
