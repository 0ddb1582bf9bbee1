"""Corrections as a file, streamed page by page so that memory use stays constant."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from emojify_core.batches.results.formulas import escape_formula
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.corrections.repository import CorrectionRepository
from web.corrections.serializer import correction_row

_PAGE = 500  # rows in memory at once
_COLUMNS = (
    *("id", "created_at", "updated_at", "state", "text", "label", "reason", "model_version"),
    *("decided_by", "decided_why", "error", "client"),
)
_FREE_TEXT = ("text", "reason", "decided_why")


def export(corrections: CorrectionRepository, file_format: str) -> Iterator[str]:
    """Return the lines of a `csv` or `jsonl` file, oldest first.

    Reads the first page before it returns, so that an unavailable database becomes an error
    response. If the database fails later, the file is truncated.
    """
    pages = _pages(corrections)
    first = next(pages, [])
    return _csv(chain([first], pages)) if file_format == "csv" else _jsonl(chain([first], pages))


def _pages(corrections: CorrectionRepository) -> Iterator[list[Correction]]:
    after = 0
    while page := corrections.page(after=after, limit=_PAGE):
        yield page[::-1]
        after = page[0].sequence


def _jsonl(pages: Iterator[list[Correction]]) -> Iterator[str]:
    for page in pages:
        yield "".join(json.dumps(_row(each), ensure_ascii=False) + "\n" for each in page)


def _csv(pages: Iterator[list[Correction]]) -> Iterator[str]:
    for number, page in enumerate(pages):
        lines = io.StringIO(newline="")
        writer = csv.writer(lines)
        if not number:
            writer.writerow(_COLUMNS)
        for each in page:
            row = _row(each)
            row |= {name: escape_formula(row[name] or "") for name in _FREE_TEXT}
            writer.writerow([row[column] for column in _COLUMNS])
        yield lines.getvalue()


def _row(correction: Correction) -> dict[str, Any]:
    return correction_row(correction) | {
        "model_version": correction.version,
        "client": correction.client,
        "decided_by": correction.decided_by,
        "decided_why": correction.decided_why,
        "error": correction.error,  # of its last failed training
    }
