"""Batches while parts break: no row is missing or doubled, and every batch ends."""

import json
import random
from collections.abc import Iterator

import pytest

from emojify_core.batches.enqueue import publish_chunk, publish_split
from emojify_core.messages import ChunkRequest, State
from emojify_core.storage.versions.publish import Publication
from support.batch_stack import BatchStack
from support.deadlines import eventually
from support.homes import fresh_home
from support.installation import settings_of, until_worker
from support.processes import free_port
from support.redis_server import RedisServer
from support.stack import Stack

pytestmark = pytest.mark.chaos

LINE = "I was so happy when I passed the exam, and then somebody followed me home, row {}."


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """Run a Redis server on a port, so that its URL survives a restart."""
    with fresh_home() as home:
        server = RedisServer(home, port=free_port())
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def processes(redis: RedisServer) -> Iterator[Stack]:
    """Run a worker on that Redis."""
    with fresh_home() as home, Stack(home, EMOJIFY_REDIS_URL=redis.url) as stack:
        stack.start("worker")
        until_worker(settings_of(stack.environ))
        yield stack


@pytest.fixture(scope="module")
def stack(processes: Stack) -> BatchStack:
    """Return access to that worker's batches."""
    return BatchStack(settings_of(processes.environ))


def lines(number: int) -> str:
    """Return a file with this many different texts."""
    return "".join(LINE.format(n) + "\n" for n in range(number))


def assert_whole(stack: BatchStack, batch_id: str, number: int, *, within: float) -> None:
    """Check that a batch ends with each row once, in order, and counted once."""
    batch = stack.until_over(stack.batches.get(batch_id), within=within)
    assert (batch.state, batch.rows, batch.done, batch.failed) == (
        *(State.SUCCEEDED, number, number),
        0,
    ), batch.reason
    rows = [json.loads(line) for line in stack.results(batch, "jsonl").splitlines()]
    assert [row["text"] for row in rows] == lines(number).splitlines()
    assert all(row["label"] and row["error"] is None for row in rows)
    assert {row["model_version"] for row in rows} == {batch.model_version}
    summary = stack.files.read_summary(batch_id)
    assert summary
    assert sum(summary["counts"].values()) == number


@pytest.mark.timeout(400)
def test_a_worker_killed_five_times_in_a_batch_loses_no_row(
    stack: BatchStack, processes: Stack
) -> None:
    """After five kills at random moments all 20,000 rows are there, in order."""
    number, chance = 20_000, random.Random(5)  # noqa: S311  (a schedule, no secret)
    batch = stack.submit(lines(number), "a.txt")
    for kill in range(5):
        done = number * kill // 6 + chance.randrange(1, 500)
        eventually(
            lambda: stack.batches.get(batch.id).done >= done,  # noqa: B023
            within=90,
            what=f"{done} rows are done",
        )
        processes.parts["worker"].kill()
        processes.start("worker")
    assert_whole(stack, batch.id, number, within=120)


@pytest.mark.timeout(180)
def test_a_killed_splitter_resumes_where_it_stopped(stack: BatchStack, processes: Stack) -> None:
    """It splits no row twice and skips none."""
    batch = stack.submit(lines(8_000), "a.txt")
    eventually(lambda: stack.batches.get(batch.id).rows, within=20, what="cutting has begun")
    processes.parts["worker"].kill()
    processes.start("worker")
    assert_whole(stack, batch.id, 8_000, within=90)


@pytest.mark.parametrize("what", ["flushed", "restarted"])
def test_a_lost_queue_loses_no_row(stack: BatchStack, redis: RedisServer, what: str) -> None:
    """The database knows the open chunks; messages are only notifications."""
    batch = stack.submit(lines(8_000), "a.txt")
    eventually(lambda: stack.batches.get(batch.id).done > 500, within=30, what="it has begun")
    if what == "restarted":
        redis.kill()
        redis.start()
    with redis.client() as client:
        client.flushall()
    assert_whole(stack, batch.id, 8_000, within=90)


def test_duplicate_messages_change_nothing(stack: BatchStack) -> None:
    """A chunk may be predicted twice, but it counts once."""
    batch = stack.submit(lines(3_000), "a.txt")
    for number in range(40):
        publish_split(stack.celery, batch.id)
        publish_chunk(stack.celery, ChunkRequest(batch.id, number))
        publish_chunk(stack.celery, ChunkRequest(batch.id, number))
    assert_whole(stack, batch.id, 3_000, within=60)


def test_a_batch_keeps_its_first_model_version(stack: BatchStack) -> None:
    """A version published meanwhile serves the next batch."""
    versions = stack.storage.versions
    before = versions.live().version
    batch = stack.submit(lines(3_000), "a.txt")
    eventually(lambda: stack.batches.get(batch.id).done, within=30, what="it has begun")
    again = Publication(
        sha256=before.sha256, source=1, cause={"kind": "test"}, metrics={}, verdict=None, learned={}
    )
    later = versions.publish(again, versions.live().generation)
    assert_whole(stack, batch.id, 3_000, within=60)
    assert stack.batches.get(batch.id).model_version == before.version
    second = stack.submit(lines(10), "a.txt")
    assert_whole(stack, second.id, 10, within=20)
    assert stack.batches.get(second.id).model_version == later.version


def test_a_batch_without_its_model_fails_with_a_reason(stack: BatchStack) -> None:
    """No other version finishes it."""
    versions = stack.storage.versions
    nowhere = Publication(
        sha256="f" * 64, source=1, cause={"kind": "test"}, metrics={}, verdict=None, learned={}
    )
    gone = versions.publish(nowhere, versions.live().generation)
    batch = stack.until_over(stack.submit("some words\n", "a.txt", version=gone.version))
    assert (batch.state, batch.error_code) == (State.FAILED, "model")
    versions.activate(1, by="test", why="", requeue=False)
