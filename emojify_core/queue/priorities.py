"""Which message of a queue comes first. Workers of every release read all of kombu's priorities.

A worker takes one message at a time. Behind a short request wait longer ones, and behind these the
batches. So nobody waits for more than one costly request of somebody else.
"""

from enum import IntEnum

import redis

from emojify_core.limits import SHORT_REQUEST_TOKENS
from emojify_core.messages import Queue


class Priority(IntEnum):
    """kombu's steps on Redis. The lowest number comes first, in all queues of a worker."""

    SHORT = 0
    LONG = 3
    BATCH = 6


_OF_QUEUE = {
    Queue.PREDICT: (Priority.SHORT, Priority.LONG),
    # Releases before this one published batches without a priority.
    Queue.BATCH: (Priority.SHORT, Priority.BATCH),
}


def priority_of(tokens: int) -> Priority:
    """Return the priority of a prediction that may cost so many tokens."""
    return Priority.SHORT if tokens <= SHORT_REQUEST_TOKENS else Priority.LONG


def redis_keys(queue: str) -> tuple[str, ...]:
    """Return the keys of the lists in which kombu keeps a queue's messages."""
    priorities = _OF_QUEUE.get(queue, (Priority.SHORT,))
    return tuple(f"{queue}\x06\x16{each}" if each else queue for each in priorities)


def count_waiting(client: redis.Redis, queue: str) -> int:
    """Return the number of messages that no worker has taken yet, in one round trip."""
    with client.pipeline(transaction=False) as pipe:
        for key in redis_keys(queue):
            pipe.llen(key)
        return sum(pipe.execute())
