"""What many answers share: their shape, their headers, how they write a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for

JsonAnswer = tuple[dict[str, Any], int, Mapping[str, str]]
Page = tuple[str, int, Mapping[str, str]]

NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store"}
# The content types of files of rows, by format.
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/jsonl",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def page(template: str, status: int = 200, **values: Any) -> Page:
    """Render a page that no cache may keep."""
    return render_template(template, **values), status, NO_STORE


def wait_headers(wait: int) -> dict[str, str]:
    """Return the headers of an answer that was asked for with `Prefer: wait` (RFC 7240)."""
    return {**NO_STORE, **({"Preference-Applied": f"wait={wait}"} if wait else {})}


def page_links(rows: Sequence[Any], limit: int, endpoint: str, **query: Any) -> dict[str, str]:
    """Return the links of a page of a list: to itself and, if it is full, to the next page."""
    links = {"self": request.full_path.rstrip("?")}
    if len(rows) == limit:
        links["next"] = url_for(endpoint, **query, before=rows[-1].sequence)
    return links


def timestamp(moment: datetime | None) -> str | None:
    """Write a UTC time as RFC 3339 does; None stays None."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
