"""Decides when a request is sent, and which requests share its message.

A request is sent at once while little is under way. Else it waits until an answer returns; then one
waiting thread sends all that wait. While no answer comes at all, nothing waits: a dead worker must
not delay what Redis could hold already.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from emojify_core.errors import QueueUnavailableError
from emojify_core.limits import MAX_GROUP_TEXTS, MAX_GROUP_TOKENS
from emojify_core.queue.grouping.member import Member
from emojify_core.queue.redis_client import queue_unavailable, unavailable_if_down

UNDER_WAY = 2  # groups: a worker answers one while the next is already there
# Seconds after which a group without an answer holds nobody back; so nobody gathers for longer.
GATHERS_AT_MOST = 0.25

Returned = Callable[[], None]  # called when the first answer of a group was heard
Publish = Callable[[Sequence[Member], Returned], None]


class Gathering:
    """The requests of one process that wait to be sent. Safe to share between threads."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._lock = threading.Lock()
        self._gathered: deque[Member] = deque()
        self._under_way: dict[object, float] = {}  # since when, oldest first
        self._answered = 0.0  # when an answer came last
        self._is_silent = False  # answers are late, and none came for a while

    def send(self, member: Member, deadline: float) -> None:
        """Return when the member is over, or at the deadline if it is sent by then.

        Raises QueueUnavailableError if Redis did not take it.
        """
        if not member.joins:
            self._send([member], object())
        elif turn := self._begin_or_gather(member):
            self._send([member], turn)
        self._follow(member, deadline)
        if member.error:
            cause = member.error.__cause__ or member.error
            raise queue_unavailable(cause) from cause

    def _begin_or_gather(self, member: Member) -> object | None:
        """Return a turn if the member may go alone now; else let it wait."""
        with self._lock:
            if not self._gathered and self._has_room():
                return self._begin()
            self._gathered.append(member)
            return None

    def _follow(self, member: Member, deadline: float) -> None:
        """Wait for the member's sake, and send a group when it is this thread's turn."""
        while not member.is_over:
            left = deadline - time.monotonic() if member.is_sent else GATHERS_AT_MOST
            if left <= 0:
                return
            member.signal.wait(left)
            member.signal.clear()
            if not member.is_sent and (taken := self._take(member)):
                self._send(*taken)

    def _take(self, first: Member) -> tuple[list[Member], object] | None:
        """Return a group that begins with this member; None if another thread took it."""
        with self._lock:
            if first not in self._gathered:
                return None
            group: list[Member] = []
            texts = tokens = 0
            for each in (first, *self._gathered):
                if (each is first and group) or each.request.explain != first.request.explain:
                    continue
                texts, tokens = texts + len(each.request.texts), tokens + each.cost
                if group and (texts > MAX_GROUP_TEXTS or tokens > MAX_GROUP_TOKENS):
                    break
                group.append(each)
            taken = set(map(id, group))
            self._gathered = deque(each for each in self._gathered if id(each) not in taken)
            turn = self._begin()
            self._wake_next()
            return group, turn

    def _send(self, group: Sequence[Member], turn: object) -> None:
        try:
            with unavailable_if_down():
                self._publish(group, lambda: self._end(turn))
        except BaseException as e:
            self._end(turn)
            for member in group:
                member.failed(e)
            if not isinstance(e, QueueUnavailableError):
                raise
        else:
            for member in group:
                member.sent()

    def _begin(self) -> object:
        turn = object()
        self._under_way[turn] = time.monotonic()
        return turn

    def _end(self, turn: object) -> None:
        self._answered = time.monotonic()
        if turn in self._under_way or self._is_silent:
            with self._lock:
                self._under_way.pop(turn, None)
                self._is_silent = False
                self._wake_next()

    def _wake_next(self) -> None:
        if self._gathered and self._has_room():
            self._gathered[0].signal.set()

    def _has_room(self) -> bool:
        late = time.monotonic() - GATHERS_AT_MOST
        while self._under_way and next(iter(self._under_way.values())) <= late:
            del self._under_way[next(iter(self._under_way))]
            # A slow worker still answers; requests for it should share a message.
            self._is_silent = self._answered <= late
        return self._is_silent or len(self._under_way) < UNDER_WAY
