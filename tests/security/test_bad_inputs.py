"""10,000 bad requests of all kinds: no server error, no memory lost, no trace of a stack."""

import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException, HTTPResponse

from security.bad_requests import BadRequest, bad_requests
from support.bystander import Bystander, resident_bytes, whole_again
from support.stack import Stack

REQUESTS, WARM_UP = 10_000, 1_500
CONNECTIONS = 4
GROWTH = 50 << 20  # bytes
ALLOWED_ERRORS = {503, 507}  # busy, or full: the server says so on purpose


def test_10000_bad_inputs_cause_no_server_error_and_no_growth(stack: Stack) -> None:
    """Each is answered or refused, and the web keeps its memory."""
    with Bystander(stack) as bystander:
        send_all(stack, bad_requests(1, WARM_UP))
        before = resident_bytes(stack.parts["web"].pid)
        answered = send_all(stack, bad_requests(2, REQUESTS))
        grown = resident_bytes(stack.parts["web"].pid) - before
    counts = Counter(status for status, _ in answered)
    print(f"{counts}; the web grew by {grown >> 20} MB")
    print(bystander.judge())
    assert [each for each in answered if is_wrong(*each)] == []
    assert grown < GROWTH
    assert "Traceback" not in stack.output()
    whole_again(stack)


def is_wrong(status: int, request: BadRequest) -> bool:
    """Tell whether an answer is a server error, or is missing."""
    return (status >= 500 and status not in ALLOWED_ERRORS) or (not status and not request.broken)


def send_all(stack: Stack, requests: list[BadRequest]) -> list[tuple[int, BadRequest]]:
    """Send them over several connections; return the status of each."""
    shares = [requests[start::CONNECTIONS] for start in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = pool.map(lambda share: send(stack.port, share), shares)
    return [answer for part in parts for answer in part]


def send(port: int, requests: list[BadRequest]) -> list[tuple[int, BadRequest]]:
    """Send requests one after the other; return their statuses, 0 where no answer came."""
    answered: list[tuple[int, BadRequest]] = []
    connection, fresh = connected(port), True
    for request in requests:
        status, open_still = exchange(connection, request)
        if not status and not fresh and not request.broken:
            # A server may close an idle connection at any time; clients then send once more.
            connection.close()
            connection = connected(port)
            status, open_still = exchange(connection, request)
        answered.append((status, request))
        fresh = not open_still
        if fresh:
            connection.close()
            connection = connected(port)
    connection.close()
    return answered


def connected(port: int) -> socket.socket:
    """Return a new connection."""
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def exchange(connection: socket.socket, request: BadRequest) -> tuple[int, bool]:
    """Send one request; return its status and whether the connection can send another."""
    try:
        connection.sendall(request.content)
        if request.broken:  # its end may be missing: the server must not wait for it
            connection.shutdown(socket.SHUT_WR)
        answer = HTTPResponse(connection, method=request.method)
        answer.begin()
        answer.read()
    except (ConnectionError, HTTPException):
        return 0, False
    return answer.status, not answer.will_close and not request.broken
