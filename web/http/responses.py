"""What many answers share: their shape, their headers, how they write a time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import render_template

JsonAnswer = tuple[dict[str, Any], int, Mapping[str, str]]
Page = tuple[str, int, Mapping[str, str]]

NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store"}


def page(template: str, status: int = 200, **values: Any) -> Page:
    """Render a page that no cache may keep."""
    return render_template(template, **values), status, NO_STORE


def wait_headers(wait: int) -> dict[str, str]:
    """Return the headers of an answer that was asked for with `Prefer: wait` (RFC 7240)."""
    return {**NO_STORE, **({"Preference-Applied": f"wait={wait}"} if wait else {})}


def timestamp(moment: datetime | None) -> str | None:
    """Write a UTC time as RFC 3339 does; None stays None."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
