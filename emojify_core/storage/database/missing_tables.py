"""Why a database has no tables: the user may lack the right to create them."""

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from emojify_core.storage.database.database_trouble import NO_RIGHT, NO_TABLES


def explain_missing_tables(engine: Engine, trouble: str) -> str:
    """Return the trouble; a missing right in place of the missing tables that it causes."""
    if trouble != NO_TABLES or engine.dialect.name != "postgresql":
        return trouble
    try:
        with engine.connect() as connection:
            allowed = connection.exec_driver_sql(
                "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
            ).scalar()
    except SQLAlchemyError:
        return trouble
    return trouble if allowed else NO_RIGHT
