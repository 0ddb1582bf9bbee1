"""The connections that no thread serves at the moment, and which of them end early."""

import math
import time
from collections import Counter
from collections.abc import Iterator
from enum import Enum, auto
from typing import Any

from gunicorn.workers.gthread import TConn

from emojify_core.limits import (
    BUFFERED_BYTES,
    CLOSING_SECONDS,
    HEADER_SECONDS,
    IDLE_SECONDS,
    PACE_BYTES,
    PACE_SECONDS,
    SMALL_BUFFER,
)
from emojify_core.networks import network_of
from web.server.buffered_socket import BufferedSocket
from web.server.request_progress import RequestProgress


class Phase(Enum):
    """What a connection waits for, and for how many seconds."""

    IDLE = auto()  # the next request
    HEADER = auto()
    BODY = auto()
    THREAD = auto()  # a thread answers the request, for as long as that takes
    ANSWER = auto()  # the client reads it
    CLOSING = auto()  # the client stops sending


_SECONDS = {
    Phase.IDLE: IDLE_SECONDS,
    Phase.HEADER: HEADER_SECONDS,
    Phase.BODY: PACE_SECONDS,
    Phase.THREAD: math.inf,
    Phase.ANSWER: PACE_SECONDS,
    Phase.CLOSING: CLOSING_SECONDS,
}
_HAS_PACE = {Phase.BODY, Phase.ANSWER}


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no type hints
    """A connection of gunicorn's, with its phase and its deadline."""

    sock: BufferedSocket

    def __init__(self, cfg: Any, sock: BufferedSocket, client: Any, server: Any) -> None:
        super().__init__(cfg, sock, client, server)
        self.data_ready = True  # gunicorn need not wait for the first byte
        self.network = network_of(client[0]) if isinstance(client, tuple) else "local"
        self.keep = False  # the connection, after the answer
        self.phase, self.deadline, self._moved = Phase.CLOSING, 0.0, 0
        self.begin_request()
        self.enter(Phase.HEADER)

    def begin_request(self) -> None:
        """Forget the last request."""
        self.progress = RequestProgress()
        self.sock.begin_request()

    def enter(self, phase: Phase) -> None:
        """Begin a phase, unless it goes on."""
        if phase is not self.phase:
            self.phase, self._moved = phase, 0
            self.deadline = time.monotonic() + _SECONDS[phase]

    def moved(self, size: int) -> None:
        """Count bytes of a body or an answer."""
        self._moved += size

    def is_late(self, now: float) -> bool:
        """Tell whether the phase's time is over. A fast body or answer gets more."""
        if now < self.deadline:
            return False
        if self.phase not in _HAS_PACE or self._moved < PACE_BYTES:
            return True
        self._moved, self.deadline = 0, now + PACE_SECONDS
        return False

    @property
    def buffered(self) -> int:
        """Return the bytes that the connection keeps in memory."""
        return len(self.sock.received) + len(self.sock.outgoing)


class WaitingConnections:
    """The connections that the event loop watches, oldest first."""

    def __init__(self) -> None:
        self._all: dict[Connection, None] = {}

    def __contains__(self, connection: Connection) -> bool:
        return connection in self._all

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._all))

    def __len__(self) -> int:
        return len(self._all)

    def add(self, connection: Connection) -> None:
        """Add the newest."""
        self._all[connection] = None

    def remove(self, connection: Connection) -> None:
        """Remove one."""
        del self._all[connection]

    def late(self, now: float) -> list[Connection]:
        """Return those whose time is over."""
        return [each for each in self._all if each.is_late(now)]

    def surplus(self, count: int) -> list[Connection]:
        """Return the oldest of the network that has most, so that others find a place."""
        counts = Counter(each.network for each in self._all)
        if not counts:
            return []
        network = counts.most_common(1)[0][0]
        return [each for each in self._all if each.network == network][:count]

    def surplus_buffers(self) -> list[Connection]:
        """Return the oldest large buffers of the networks that have most, if all are too large."""
        sizes: Counter[str] = Counter()
        for each in self._all:
            sizes[each.network] += each.buffered
        excess = sizes.total() - BUFFERED_BYTES
        chosen: list[Connection] = []
        while excess > 0:
            network = sizes.most_common(1)[0][0]
            large = (each for each in self._all if each.network == network and _is_large(each))
            oldest = next((each for each in large if each not in chosen), None)
            if oldest is None:
                break
            chosen.append(oldest)
            sizes[network] -= oldest.buffered
            excess -= oldest.buffered
        return chosen


def _is_large(connection: Connection) -> bool:
    return connection.buffered > SMALL_BUFFER
