"""A request on its way, and the thread that follows it."""

import threading
from typing import Final

from emojify_core.limits import EXPLAINED_TOKENS, SHORT_REQUEST_TOKENS
from emojify_core.messages import PredictRequest
from emojify_core.queue.grouping.message import GroupMember
from emojify_core.queue.priorities import Priority, priority_of


class Member:
    """One request. Its own thread reads it; the thread that publishes or listens writes it."""

    __slots__ = (
        "answer",
        "awaited",
        "error",
        "is_cut",
        "is_sent",
        "joins",
        "message",
        "signal",
        "tokens",
    )

    def __init__(
        self, message: GroupMember, tokens: int, *, awaited: bool, joins: bool = True
    ) -> None:
        self.message: Final = message
        self.tokens: Final = tokens
        self.awaited: Final = awaited  # the client waits for the answer
        # Whether it may share a message; a costly request is sent alone.
        self.joins: Final = joins and tokens <= SHORT_REQUEST_TOKENS
        self.signal: Final = threading.Event()  # something below changed, or it is this one's turn
        self.is_sent = False  # Redis has it
        self.is_cut = False  # the connection broke on which the answer would come
        self.answer: bytes | None = None
        self.error: BaseException | None = None

    @property
    def is_over(self) -> bool:
        """Whether its thread has nothing more to wait for."""
        if self.answer or self.error:
            return True
        # A broken connection says nothing of the message: it may not be sent yet.
        return self.is_sent and (self.is_cut or not self.awaited)

    @property
    def request(self) -> PredictRequest:
        """What the client asked."""
        return self.message.request

    @property
    def priority(self) -> Priority:
        """The priority of its message if it goes alone."""
        return priority_of(self.tokens)

    @property
    def cost(self) -> int:
        """The tokens that it counts in a group."""
        return self.tokens + EXPLAINED_TOKENS * self.request.explain

    def sent(self) -> None:
        """Note that Redis has the message."""
        self.is_sent = True
        if self.is_over:  # or a thread that still waits would wake for nothing
            self.signal.set()

    def heard(self, answer: bytes | None) -> None:
        """Note the answer, or None if the connection that listens broke."""
        self.answer = answer
        self.is_cut = answer is None
        self.signal.set()

    def failed(self, error: BaseException) -> None:
        """Note that the message could not be sent."""
        self.error = error
        self.signal.set()
