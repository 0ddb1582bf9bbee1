"""Publish the tasks of batches. A lost message costs time only: the database knows what is due."""

from celery import Celery

from emojify_core.messages import ChunkRequest, Queue, SplitRequest, Task
from emojify_core.queue.priorities import Priority
from emojify_core.queue.redis_client import unavailable_if_down


def publish_split(celery: Celery, batch_id: str) -> None:
    """Ask a worker to split the next part of a batch. Raises QueueUnavailableError."""
    _publish(celery, Task.SPLIT, SplitRequest(batch_id).to_payload(), batch_id)


def publish_chunk(celery: Celery, request: ChunkRequest) -> None:
    """Ask a worker to answer a chunk. Raises QueueUnavailableError."""
    _publish(celery, Task.CHUNK, request.to_payload(), f"{request.batch_id} {request.number}")


def _publish(celery: Celery, task: str, payload: dict[str, object], shown: str) -> None:
    with unavailable_if_down():
        celery.send_task(
            task,
            queue=Queue.BATCH,
            args=(payload,),
            ignore_result=True,
            priority=Priority.BATCH,
            argsrepr=f"({shown})",
            kwargsrepr="{}",
        )
