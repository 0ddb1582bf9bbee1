"""Helpers for tests of batches inside a worker."""

from emojify_core.messages import Queue
from emojify_core.queue.priorities import count_waiting
from emojify_core.storage.batches.records import Batch
from support.batch_stack import BatchStack
from support.redis_server import RedisServer
from worker.batches.splitter import Splitter

TEXT = "I was so happy when I passed the exam.\n"


def split_fully(stack: BatchStack, splitter: Splitter, rows: int) -> Batch:
    """Submit a file and split all of it."""
    batch = stack.submit(TEXT * rows, "a.txt")
    while (left := splitter.split_next_part(batch.id)) and not left.fully_split:
        pass
    return stack.batches.get(batch.id)


def queued(server: RedisServer) -> int:
    """Return the number of messages in the batch queue."""
    with server.client() as client:
        return count_waiting(client, Queue.BATCH)
