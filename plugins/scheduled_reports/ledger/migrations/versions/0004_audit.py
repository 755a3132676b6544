"""Claims with a lease, the audit trail of every delivery, and the indexes that a million deliveries need.

What the ledger had before gets its first row of the trail here: the trail is complete from this migration on.
"""

import datetime as dt
from dataclasses import fields
from itertools import count

import sqlalchemy as sa
from alembic import op

from scheduled_reports.ledger.chain import FIRST, AuditRow, digest

revision = "0004"
down_revision = "0003"

DELIVERY, AUDIT, HEAD = "scheduled_reports_delivery", "scheduled_reports_audit", "scheduled_reports_audit_head"
INDEXES = {
    DELIVERY: (
        ("planned_at", "id"), ("state", "planned_at", "id"), ("report_id", "planned_at", "id"),
        ("run_id", "planned_at", "id"), ("identity", "planned_at"),
    ),
    "scheduled_reports_run": (("started_at",),),
}  # fmt: skip
PAGE = 10_000


def upgrade() -> None:
    op.add_column(DELIVERY, sa.Column("claimed_by", sa.String(36)))
    op.add_column(DELIVERY, sa.Column("lease_until", sa.DateTime))
    op.add_column(DELIVERY, sa.Column("parts", sa.Text, nullable=False, server_default=""))
    for table, indexes in INDEXES.items():
        for columns in indexes:
            op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
    op.create_table(
        AUDIT,
        sa.Column("seq", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String(500), nullable=False),
        sa.Column("delivery_id", sa.String(36), nullable=False),
        sa.Column("was", sa.String(20), nullable=False),
        sa.Column("is_now", sa.String(20), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=f"pk_{AUDIT}"),
    )
    op.create_table(
        HEAD,
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{HEAD}"),
    )
    _begin_trail()
    op.create_index(f"ix_{AUDIT}_delivery_id_seq", AUDIT, ["delivery_id", "seq"])


def _begin_trail() -> None:
    """Write a row for each delivery that is there, a page at a time, and the head."""
    names = [field.name for field in fields(AuditRow)]
    audit = sa.table(AUDIT, *(sa.column(name, sa.DateTime if name == "at" else None) for name in names))
    delivery = sa.table(DELIVERY, sa.column("id"), sa.column("state"))
    bind, at = op.get_bind(), dt.datetime.now(dt.UTC)
    why, previous, last, numbers, seq = "the ledger had it when its audit trail began", FIRST, "", count(1), 0
    page = sa.select(delivery).order_by(delivery.c.id).limit(PAGE)
    while found := bind.execute(page.where(delivery.c.id > last)).all():
        rows = []
        for entry in found:
            seq = next(numbers)
            row = AuditRow(seq, at, "migration 0004", entry.id, "", entry.state, why, previous)
            previous = digest(row)
            rows.append({**vars(row), "at": at.replace(tzinfo=None), "hash": previous})
        bind.execute(sa.insert(audit), rows)
        last = found[-1].id
    head = sa.table(HEAD, *map(sa.column, ("id", "seq", "hash")))
    bind.execute(sa.insert(head).values(id=1, seq=seq, hash=previous))


def downgrade() -> None:
    op.drop_table(HEAD)
    op.drop_table(AUDIT)
    for table, indexes in INDEXES.items():
        for columns in indexes:
            op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
    for name in ("parts", "lease_until", "claimed_by"):
        op.drop_column(DELIVERY, name)
