"""Run by Alembic: applies the steps on the connection that the campaign gives."""

from alembic import context

from skbal.campaign._tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata
)
with context.begin_transaction():
    context.run_migrations()
