"""Of which of a report's runs each is: only its like is compared with it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("scheduled_reports_run", sa.Column("variant", sa.String(16), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("scheduled_reports_run", "variant")
