"""Run by Alembic: applies the steps on the connection that the campaign gives."""

from alembic import context

from skbal.campaign._tables import metadata

# Tools that look at all modules import this file, too, and then nothing is to be done.
if hasattr(context, "config"):
    context.configure(
        connection=context.config.attributes["connection"], target_metadata=metadata
    )
    with context.begin_transaction():
        context.run_migrations()
