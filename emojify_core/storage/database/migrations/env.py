"""Alembic's environment: run the migrations on the connection from `migrate.upgrade`."""

from alembic import context

from emojify_core.storage.database.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter most things, so Alembic copies the table into a new one.
    render_as_batch=True,
)
context.run_migrations()
