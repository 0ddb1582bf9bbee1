"""Batches with a real queue and worker: every row is answered once, in order."""

import json
from collections.abc import Iterator

import pytest

from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.errors import BatchFileError, NotStoredError
from emojify_core.messages import Queue, State
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.priorities import count_waiting
from emojify_core.queue.redis_client import connect
from emojify_core.settings import Settings
from emojify_core.storage.batches.records import OPEN
from support.batch_files import as_csv
from support.batch_stack import BatchStack
from support.deadlines import eventually
from support.installation import CLEAR, JOYFUL, one


@pytest.fixture(scope="module")
def stack(settings: Settings) -> BatchStack:
    """Return access to the batches of the shared installation."""
    return BatchStack(settings)


def test_results_have_an_answer_for_each_row(stack: BatchStack) -> None:
    """A table comes back as a table with more columns."""
    rows = [["id", "text"], *([str(n), text] for n, text in enumerate(CLEAR)), ["9", " "]]
    batch = stack.until_over(stack.submit(as_csv(rows)), within=20)
    assert (batch.state, batch.rows, batch.done, batch.failed) == (State.SUCCEEDED, 6, 6, 1)
    found = stack.rows(batch)
    assert [row["label"] for row in found] == [*CLEAR.values(), ""]
    assert [row["text"] for row in found[:5]] == list(CLEAR)
    assert found[5]["error"] == "Write at least one word."
    assert {row["model_version"] for row in found[:5]} == {str(batch.model_version)}


def test_large_file_keeps_the_order_of_its_rows(stack: BatchStack) -> None:
    """With several chunks, no row is missing, repeated or moved."""
    number = 5000
    texts = list(CLEAR)
    rows = [["id", "text"], *([str(n), f"{texts[n % 5]} {n}"] for n in range(number))]
    batch = stack.until_over(stack.submit(as_csv(rows)))
    assert (batch.state, batch.rows, batch.done) == (State.SUCCEEDED, number, number)
    assert batch.chunks == batch.chunks_done >= 5
    found = stack.rows(batch)
    assert [row["id"] for row in found] == [str(n) for n in range(number)]
    assert all(row["text"].endswith(f" {row['id']}") and row["label"] for row in found)


def test_summary_counts_labels_and_errors(stack: BatchStack) -> None:
    """People see counts and uncertain rows without opening the file."""
    lines = [json.dumps({"text": text}) for text in [*CLEAR, JOYFUL, "", "hm"]]
    batch = stack.until_over(stack.submit("\n".join(lines), "a.jsonl"))
    summary = stack.files.read_summary(batch.id)
    assert summary
    assert (summary["rows"], summary["failed"], summary["errors"]) == (8, 1, {"blank": 1})
    assert sum(summary["counts"].values()) == 7
    assert summary["counts"]["joy"] >= 2
    assert summary["none"] == 1, "nobody hears an emotion in the last row"
    doubts = [row["confidence"] for row in summary["least_certain"]]
    assert doubts
    assert doubts == sorted(doubts)
    rows = stack.results(batch, "jsonl").decode().splitlines()
    assert [json.loads(row)["text"] for row in rows] == [*CLEAR, JOYFUL, "", "hm"]


def test_batch_ends_under_a_stream_of_predictions(
    stack: BatchStack, queue: PredictionQueue
) -> None:
    """Predictions come first, and the batch continues between them."""
    batch = stack.submit("I was so happy that day, and so was she.\n" * 4_000, "a.txt")
    answered = 0
    while stack.batches.get(batch.id).state in OPEN:
        status = queue.submit(one(), wait=10)
        assert status.state is State.SUCCEEDED
        answered += 1
    assert stack.batches.get(batch.id).done == 4_000
    assert answered > 5


def test_cancelled_batch_leaves_an_empty_queue(stack: BatchStack, settings: Settings) -> None:
    """Its remaining messages delay no other batch."""
    batch = stack.submit("I was so happy that day.\n" * 50_000, "a.txt")
    eventually(lambda: stack.batches.get(batch.id).done, within=20, what="it has begun")
    over = stack.batches.end(batch.id, State.CANCELLED)
    assert over.state is State.CANCELLED
    with connect(settings.resolved_redis_url) as client:
        eventually(
            lambda: not count_waiting(client, Queue.BATCH), within=20, what="the queue is empty"
        )
    assert stack.batches.get(batch.id).done < 50_000


def test_row_without_an_end_fails_the_batch(stack: BatchStack) -> None:
    """The error names the row."""
    rows = as_csv([["id", "text"], *([str(n), "fine words"] for n in range(3000))])
    broken = rows + '3001,"never closed' + "\n1,more words" * 200_000
    batch = stack.until_over(stack.submit(broken))
    assert (batch.state, batch.error_code) == (State.FAILED, "batch_file")
    assert batch.reason
    assert batch.reason.startswith("Row 3,001 is longer than")


def test_refused_files_leave_nothing_behind(stack: BatchStack) -> None:
    """Neither the file store nor the database holds them."""
    before = [one.id for one in stack.batches.page(limit=1000)]
    for content in ("", "id,text\n", b"\x89PNG\r\n", "a,b\n1,2\n"):
        with pytest.raises(BatchFileError):
            stack.submit(content)
    assert [one.id for one in stack.batches.page(limit=1000)] == before
    stored = {one.name.removeprefix("batches/") for one in stack.storage.files.list("batches")}
    assert stored <= set(before)


def test_interrupted_upload_leaves_nothing_behind(stack: BatchStack) -> None:
    """A client that disconnects half-way has sent nothing."""

    def half() -> Iterator[bytes]:
        yield b"id,text\n" + b"1,some words\n" * 50_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        stack.files.ingest("half", half(), LayoutOptions(name="a.csv"))
    assert not stack.storage.files.exists("batches/half")
    with pytest.raises(NotStoredError):
        stack.files.read("half", 0, 1)
