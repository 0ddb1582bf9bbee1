"""Messages for the workers that do batches; none of them is the only record of anything."""

from celery import Celery

from emojify_core.messages import ChunkRequest, CutRequest, Queue, Task
from emojify_core.queue.redis_client import unavailable_if_down


def publish_cut(celery: Celery, batch_id: str) -> None:
    """Let a worker cut the next part of a batch. Raises QueueUnavailableError."""
    _publish(celery, Task.CUT, CutRequest(batch_id).to_payload(), batch_id)


def publish_chunk(celery: Celery, batch_id: str, number: int) -> None:
    """Let a worker answer a chunk. Raises QueueUnavailableError."""
    request = ChunkRequest(batch_id, number)
    _publish(celery, Task.CHUNK, request.to_payload(), f"{batch_id} {number}")


def _publish(celery: Celery, task: str, payload: dict[str, object], shown: str) -> None:
    with unavailable_if_down():
        celery.send_task(
            task,
            queue=Queue.BATCH,
            args=(payload,),
            ignore_result=True,
            argsrepr=f"({shown})",
            kwargsrepr="{}",
        )
