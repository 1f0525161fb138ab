"""Alembic's entry: runs the steps in ``versions/`` on the connection that service.database hands over."""

from alembic import context

from service.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
