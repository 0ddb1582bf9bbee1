"""Alembic's environment: it runs the steps on the connection that `schema.upgrade` hands over."""

from alembic import context

from emojify_core.storage.database.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter most things: Alembic then copies the table into a new one.
    render_as_batch=True,
)
context.run_migrations()
