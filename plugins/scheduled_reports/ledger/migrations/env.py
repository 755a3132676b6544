"""Run by Alembic; the connection comes from `ledger.schema.upgrade`."""

from alembic import context

from scheduled_reports.ledger.schema import VERSION_TABLE
from scheduled_reports.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
