"""Sends requests through Celery, alone or as a group, and listens for their answers."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import redis
import structlog
from celery import Celery

from emojify_core.messages import Queue
from emojify_core.queue.answer_listener import AnswerListener, Heard
from emojify_core.queue.celery_app import MESSAGE_EXPIRES
from emojify_core.queue.grouping.gathering import Returned
from emojify_core.queue.grouping.member import Member
from emojify_core.queue.grouping.message import GroupRequest
from emojify_core.queue.grouping.results import result_key, split_result, store_results
from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.priorities import Priority
from emojify_core.queue.redis_clock import CLOCK
from emojify_core.queue.utf8_messages import dumps_utf8

log = structlog.get_logger(__name__)


class Publisher:
    """Publishes messages of one task. Raises the errors of redis-py and kombu."""

    def __init__(
        self,
        celery: Celery,
        client: redis.Redis,
        listener: AnswerListener,
        signer: IdSigner,
        task: str,
    ) -> None:
        self._celery, self._redis, self._listener = celery, client, listener
        self._signer, self._task = signer, task

    def publish(self, members: Sequence[Member], returned: Returned) -> None:
        """Send the members, and call `returned` when their answers begin to come."""
        if len(members) > 1:
            self._publish_group(members, returned)
            return
        (member,) = members
        message = member.message
        heard: dict[str, Heard] = {result_key(message.id): partial(_hear, member, returned)}
        payload = message.request.to_payload()
        self._send(message.id, payload, len(message.request.texts), member.priority, heard)

    def _publish_group(self, members: Sequence[Member], returned: Returned) -> None:
        group = GroupRequest(tuple(member.message for member in members))
        group_id = self._signer.new()
        # A worker of this release answers each member; an older one, the whole list.
        whole: dict[str, Heard] = {}

        def begin_to_return() -> None:
            if whole:  # what nobody will announce must not pile up
                self._listener.forget(whole)
                whole.clear()
            returned()

        each: dict[str, Heard] = {
            result_key(member.message.id): partial(_hear, member, begin_to_return)
            for member in members
        }
        whole[result_key(group_id)] = partial(self._split, group, each)
        heard = each | whole
        self._send(group_id, group.to_payload(), len(group.texts), Priority.SHORT, heard)

    def _send(
        self,
        message_id: str,
        payload: dict[str, Any],
        texts: int,
        priority: Priority,
        heard: dict[str, Heard],
    ) -> None:
        # Listen before publishing, or the answer might come unnoticed.
        self._listener.expect(heard)
        try:
            self._celery.send_task(
                self._task,
                queue=Queue.PREDICT,
                args=(payload,),
                task_id=message_id,
                expires=CLOCK.utc(MESSAGE_EXPIRES),
                priority=priority,
                # Flower and logs show the number of texts, never the texts.
                argsrepr=f"({texts} texts)",
                kwargsrepr="{}",
            )
        except BaseException:
            self._listener.forget(heard)
            raise

    def _split(self, group: GroupRequest, each: dict[str, Heard], stored: bytes | None) -> None:
        """Store and announce the members' results, which this process hears in turn."""
        if stored is None:
            return
        results = split_result(group, stored)
        try:
            store_results(self._redis, results)
        except (redis.RedisError, OSError) as e:
            # Clients that wait get their answers all the same; the others are told as lost.
            log.warning("cannot store the answers to a group", results=len(results), reason=str(e))
            self._listener.forget(each)
            for meta in results:
                each[result_key(meta["task_id"])](dumps_utf8(meta).encode())


def _hear(member: Member, returned: Returned, answer: bytes | None) -> None:
    member.heard(answer)
    returned()
