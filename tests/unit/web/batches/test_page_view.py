"""The figures and bars that a batch's page shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from emojify_core.messages import State
from emojify_core.storage.batches.records import Batch
from web.batches.page_view import batch_view, in_words
from web.text_catalog import load_catalog

SAY = load_catalog()
NOW = datetime(2026, 3, 1, tzinfo=UTC)
BEGUN = Batch(
    id="b" * 32,
    sequence=1,
    created_at=NOW,
    updated_at=NOW + timedelta(seconds=2),
    client="anna",
    state=State.RUNNING,
    name="a.csv",
    size=4000,
    layout={"format": "csv", "column": "text"},
    model_version=1,
    position=1000,
    columns=("text",),
    rows=2500,
    chunks=5,
    done=2000,
    failed=0,
    chunks_done=4,
    cut_at=NOW,
    started_at=NOW,
    finished_at=None,
    error_code=None,
    reason=None,
    swept_at=None,
)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (59.4, "59 seconds"),
        (60, "1 minute"),
        (89, "1 minute"),
        (5400, "2 hours"),
        (7 * 86_400, "7 days"),
    ],
)
def test_durations_are_written_in_their_largest_unit(seconds: float, words: str) -> None:
    """Not "604,800 seconds" but "7 days"."""
    assert in_words(timedelta(seconds=seconds), SAY) == words


def test_unknown_rows_are_estimated_from_the_file_size() -> None:
    """A quarter of the file had 2,500 rows, so the progress bar does not jump back later."""
    view = batch_view(BEGUN, None, SAY)
    assert (
        view["figures"] == "2,000 of about 10,000 rows, 1,000 rows per second, about 8 seconds left"
    )
    assert view["share"] == 0.2
    whole = batch_view(replace(BEGUN, position=4000, rows=4000), None, SAY)
    assert whole["figures"].startswith("2,000 of 4,000 rows")
    assert whole["share"] == 0.5


def test_a_queued_batch_shows_no_figures() -> None:
    """The progress bar has no value yet."""
    view = batch_view(replace(BEGUN, state=State.QUEUED, position=9, rows=0, done=0), None, SAY)
    assert (view["figures"], view["share"], view["over"]) == ("", None, False)


def test_bars_are_scaled_to_the_longest() -> None:
    """If every row failed, all bars are empty."""
    counts = dict.fromkeys(("joy", "fear", "anger", "sadness", "disgust", "shame", "guilt"), 0)
    summary = {"clear": counts | {"joy": 30, "fear": 10}, "none": 0, "unsure": 0}
    bars = batch_view(BEGUN, summary, SAY)["bars"]
    assert [(bar["length"], bar["share"]) for bar in bars[:3]] == [(1, 0.75), (1 / 3, 0.25), (0, 0)]
    assert len(bars) == 7, "no bar for what no row has"
    failed = batch_view(BEGUN, summary | {"clear": counts}, SAY)["bars"]
    assert all(bar["length"] == 0 for bar in failed)


def test_rows_of_no_clear_emotion_have_a_bar_of_their_own() -> None:
    """The other bars show what people feel, and all together are the whole file."""
    labels = ("joy", "fear", "anger", "sadness", "disgust", "shame", "guilt")
    clear = dict.fromkeys(labels, 0) | {"joy": 30}
    view = batch_view(BEGUN, {"clear": clear, "none": 10, "unsure": 13}, SAY)
    found = {bar["emotion"].title: (bar["count"], bar["share"]) for bar in view["bars"]}
    assert found["No clear emotion"] == (10, 0.25)
    assert (found["Joy"], found["Fear"]) == ((30, 0.75), (0, 0))
    assert view["unsure"] == 3, "silence is no doubt"


@pytest.mark.parametrize(
    ("name", "rows", "first", "count"),
    [
        ("a.csv", 9, "csv", 5),
        ("a.XLSX", 9, "xlsx", 5),
        ("a.json.gz", 9, "jsonl", 5),
        ("a.xls", 1_048_576, "csv", 4),
    ],
)
def test_the_file_s_own_kind_is_offered_first(name: str, rows: int, first: str, count: int) -> None:
    """A workbook is left out where it has no room."""
    layout = {"format": "jsonl" if "json" in name else "csv", "column": "text"}
    formats = batch_view(replace(BEGUN, name=name, rows=rows, layout=layout), None, SAY)["formats"]
    assert (formats[0], len(formats)) == (first, count)
