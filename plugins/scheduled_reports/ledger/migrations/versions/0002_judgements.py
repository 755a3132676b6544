"""What runs measured, what checks found, what people decided and were told, and whether sources can be reached."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _period() -> list[sa.Column[Any]]:
    return [
        sa.Column("report_id", sa.String(200), nullable=False),
        sa.Column("schedule_id", sa.String(63), nullable=False),
        sa.Column("period_start", sa.DateTime, nullable=False),
        sa.Column("period_end", sa.DateTime, nullable=False),
        sa.Column("run_id", sa.String(250), nullable=False),
    ]


def _table(name: str, *columns: Any, index: list[str]) -> None:
    table = f"scheduled_reports_{name}"
    op.create_table(table, sa.Column("id", sa.String(36), nullable=False), *columns,
                    sa.PrimaryKeyConstraint("id", name=f"pk_{table}"))  # fmt: skip
    op.create_index(f"ix_{table}_{'_'.join(index)}", table, index)


def upgrade() -> None:
    _measures()
    _checks()
    _decisions()
    _told()
    _probes()


def _measures() -> None:
    _table(
        "measure",
        *_period(),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("part", sa.String(500), nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("text", sa.Text),
        sa.Column("noted_at", sa.DateTime, nullable=False),
        index=["report_id", "schedule_id", "run_id", "kind"],
    )


def _checks() -> None:
    _table(
        "check_result",
        *_period(),
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("type", sa.String(63), nullable=False),
        sa.Column("part", sa.String(500), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("failing_rows", sa.BigInteger),
        sa.Column("noted_at", sa.DateTime, nullable=False),
        index=["report_id", "schedule_id", "run_id"],
    )


def _decisions() -> None:
    _table(
        "decision",
        *_period(),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("decided_by", sa.String(250), nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        index=["report_id", "schedule_id", "run_id"],
    )


def _told() -> None:
    _table(
        "told",
        *_period(),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("told_at", sa.DateTime, nullable=False),
        index=["about"],
    )


def _probes() -> None:
    _table(
        "probe",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("report_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float),
        sa.Column("newest", sa.DateTime),
        sa.Column("probed_at", sa.DateTime, nullable=False),
        index=["kind", "name", "probed_at"],
    )
    _table(
        "probe_told",
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("report_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("told_at", sa.DateTime, nullable=False),
        index=["kind", "name"],
    )


def downgrade() -> None:
    for name in ("probe_told", "probe", "told", "decision", "check_result", "measure"):
        op.drop_table(f"scheduled_reports_{name}")
