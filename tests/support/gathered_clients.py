"""Requests that gather, and a line in place of Redis that keeps and answers them."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from emojify_core.messages import PredictRequest
from emojify_core.queue.grouping.gathering import Gathering, Returned
from emojify_core.queue.grouping.member import Member
from emojify_core.queue.grouping.message import GroupMember
from support.deadlines import eventually

LONG = 30.0  # seconds; no test waits for so long


class Line:
    """Keeps what is published, and answers it when a test says so."""

    def __init__(self) -> None:
        self.groups: list[Sequence[Member]] = []
        self.returned: list[Returned] = []
        self.error: Exception | None = None
        self.held = threading.Event()  # a publication takes until it is set
        self.held.set()

    def publish(self, members: Sequence[Member], returned: Returned) -> None:
        """Take a group."""
        self.returned.append(returned)
        self.groups.append(members)
        self.held.wait(LONG)
        if self.error:
            raise self.error

    def answer(self, number: int) -> None:
        """Answer each member of a group with its own id."""
        for member in self.groups[number]:
            member.heard(member.message.id.encode())
            self.returned[number]()

    @property
    def ids(self) -> list[list[str]]:
        """The ids in each group."""
        return [[member.message.id for member in group] for group in self.groups]


class Clients:
    """Sends requests from threads of their own."""

    def __init__(self, line: Line, pool: ThreadPoolExecutor) -> None:
        self.line, self.pool = line, pool
        self.sent: list[Future[bytes | None]] = []
        self.gathering = Gathering(line.publish)

    def send(self, member: Member, wait: float = LONG) -> Future[bytes | None]:
        """Send from another thread; return the answer that it gets."""

        def send() -> bytes | None:
            self.gathering.send(member, time.monotonic() + wait)
            return member.answer

        self.sent.append(self.pool.submit(send))
        return self.sent[-1]

    def answer_all(self) -> bool:
        """Answer all groups; tell whether no thread is left."""
        for number in range(len(self.line.returned)):
            self.line.answer(number)
        return all(future.done() for future in self.sent)

    def gather(self, *members: Member) -> list[Future[bytes | None]]:
        """Send members that gather, one after another."""
        sent = []
        for number, member in enumerate(members, start=self.gathered + 1):
            sent.append(self.send(member))
            eventually(lambda number=number: self.gathered == number, within=5, what="it gathers")  # type: ignore[misc]
        return sent

    @property
    def gathered(self) -> int:
        """How many requests wait to be sent."""
        return len(self.gathering._gathered)  # noqa: SLF001  (it has no other sign)


def member(
    name: str, *, tokens: int = 60, texts: int = 1, explain: bool = False, awaited: bool = True
) -> Member:
    """Return a request."""
    request = PredictRequest(("text",) * texts, texts == 1, "test", explain)
    return Member(GroupMember(name, request, time.time() + 20), tokens, awaited=awaited)


def busy(clients: Clients) -> list[Future[bytes | None]]:
    """Send the two requests that go at once."""
    sent = [clients.send(member(name)) for name in ("first", "second")]
    eventually(lambda: len(clients.line.groups) == 2, within=5, what="both went at once")
    return sent
