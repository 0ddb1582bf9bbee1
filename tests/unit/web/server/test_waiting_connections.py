"""Which connections end: the late ones, and the oldest of the network that has most."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from gunicorn.config import Config

from emojify_core.limits import (
    BUFFERED_BYTES,
    HEADER_SECONDS,
    PACE_BYTES,
    PACE_SECONDS,
    SMALL_BUFFER,
)
from web.server.buffered_socket import BufferedSocket
from web.server.connections import Connection, Phase, WaitingConnections
from web.server.pace import Pace


class Connections:
    """Makes connections, and closes them at the end."""

    def __init__(self, opened: ExitStack) -> None:
        self._opened, self._cfg = opened, Config()

    def new(self, address: str = "203.0.113.1", size: int = 0) -> Connection:
        """Return a connection whose client has sent this much."""
        ours, theirs = socket.socketpair()
        self._opened.enter_context(theirs)
        sock = BufferedSocket(ours)
        self._opened.enter_context(sock)
        sock.received += bytes(size)
        return Connection(self._cfg, sock, (address, 40_000), ("127.0.0.1", 5000))


@pytest.fixture
def connections() -> Iterator[Connections]:
    """Make connections."""
    with ExitStack() as opened:
        yield Connections(opened)


def waiting_of(*all_of_them: Connection) -> WaitingConnections:
    """Return these, oldest first."""
    waiting = WaitingConnections()
    for each in all_of_them:
        waiting.add(each)
    return waiting


def test_a_header_has_a_deadline_from_the_start(connections: Connections) -> None:
    """Each byte does not move it."""
    slow = connections.new()
    deadline = slow.deadline
    slow.moved(PACE_BYTES)
    slow.enter(Phase.HEADER)
    assert slow.deadline == deadline
    assert not slow.is_late(deadline - 0.1)
    assert slow.is_late(deadline)
    assert waiting_of(slow).late(deadline - HEADER_SECONDS) == []


def test_a_body_goes_on_while_it_keeps_its_pace(connections: Connections) -> None:
    """What it sent in one window does not count in the next."""
    upload = connections.new()
    upload.enter(Phase.BODY)
    end = upload.deadline
    upload.moved(PACE_BYTES * 100)
    assert not upload.is_late(end)
    assert not upload.is_late(end + PACE_SECONDS - 0.1)
    assert upload.is_late(end + PACE_SECONDS)


def test_a_thread_waits_at_the_same_pace() -> None:
    """Only its waiting counts."""
    pace = Pace()
    pace.moved(PACE_BYTES)
    assert pace.waited(PACE_SECONDS)
    assert pace.waited(PACE_SECONDS - 1)
    assert pace.patience == 1
    assert not pace.waited(1)


def test_the_network_with_most_connections_makes_room(connections: Connections) -> None:
    """Its oldest end, and nobody else's."""
    other, *many = (connections.new(f"203.0.113.{n > 0:d}") for n in range(4))
    waiting = waiting_of(other, *many)
    assert waiting.surplus(2) == many[:2]
    assert waiting_of().surplus(2) == []


def test_the_network_with_most_bytes_makes_room(connections: Connections) -> None:
    """Only beyond the limit of all, and never connections with few bytes."""
    other = connections.new("198.51.100.7", size=SMALL_BUFFER * 2)
    small = connections.new(size=SMALL_BUFFER)
    large = [connections.new(size=BUFFERED_BYTES // 4) for _ in range(4)]
    assert waiting_of(other, small, *large[:3]).surplus_buffers() == []
    assert waiting_of(other, small, *large).surplus_buffers() == large[:1]
