"""What the records of all stores share."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]


def utc_now() -> datetime:
    """Return the current time in UTC, as the database stores it."""
    return datetime.now(UTC)


def values_of(row: object, record: type[Any]) -> dict[str, Any]:
    """Return the values of a row for the fields of this dataclass."""
    return {field.name: getattr(row, field.name) for field in fields(record)}
