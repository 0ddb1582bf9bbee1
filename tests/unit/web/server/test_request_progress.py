"""When a request is handed to a thread, and when it waits in the event loop."""

import pytest

from emojify_core.limits import MAX_BODY, MAX_HEADER, MAX_TINY_CHUNKS, UPLOAD_START
from web.server.request_progress import Arrived, RequestProgress

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"


def post(length: int, more: bytes = b"") -> bytes:
    """Return the header of a request with a body."""
    return b"POST /x HTTP/1.1\r\nHost: x\r\ncontent-LENGTH:  %d\r\n%s\r\n" % (length, more)


def byte_by_byte(request: bytes) -> list[Arrived]:
    """Return what was there after each byte."""
    progress, data, found = RequestProgress(), bytearray(), []
    for byte in request:
        data.append(byte)
        found.append(progress.measure(data))
    return found


@pytest.mark.parametrize(
    "request_bytes",
    [
        GET,
        post(5) + b"hello",
        CHUNKED + b"5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"7;name=value\r\n\r\n0\r\n\r\n\r\n0\r\nTrailer: x\r\n\r\n",
    ],
)
def test_a_request_is_complete_with_its_last_byte(request_bytes: bytes) -> None:
    """However it is cut into packets, and whatever its body contains."""
    found = byte_by_byte(request_bytes)
    assert found[-1] is Arrived.ENOUGH
    assert Arrived.ENOUGH not in found[:-1]
    assert RequestProgress().measure(bytearray(request_bytes)) is Arrived.ENOUGH


def test_what_follows_a_request_does_not_matter() -> None:
    """A client may send the next one at once."""
    assert RequestProgress().measure(bytearray(GET + GET[:9])) is Arrived.ENOUGH


@pytest.mark.parametrize(
    ("header", "needed"), [(post(MAX_BODY), MAX_BODY), (post(MAX_BODY + 1), UPLOAD_START)]
)
def test_of_an_upload_only_the_start_is_buffered(header: bytes, needed: int) -> None:
    """Other bodies are read whole."""
    progress, data = RequestProgress(), bytearray(header)
    data += bytes(needed - 1)
    assert progress.measure(data) is Arrived.BODY_INCOMPLETE
    data += b"x"
    assert progress.measure(data) is Arrived.ENOUGH


def test_a_chunked_upload_is_buffered_to_the_same_limit() -> None:
    """Its end is not known before."""
    progress, data = RequestProgress(), bytearray(CHUNKED + b"FFFFFFFF\r\n" + bytes(MAX_BODY))
    assert progress.measure(data) is Arrived.ENOUGH


@pytest.mark.parametrize(
    "malformed",
    [
        b"GET / HTTP/1.1\nHost: x\r\n",
        b"GET / HTTP/1.1\r\nHost: x\n\n",
        CHUNKED + b"x\r\n",
        CHUNKED + b"-2\r\n",
        CHUNKED + b"\r\n",
        CHUNKED + b"1" * 9_000,
    ],
)
def test_the_malformed_is_handed_over_at_once(malformed: bytes) -> None:
    """Its parser says what is wrong; nobody waits for an end that does not come."""
    assert RequestProgress().measure(bytearray(malformed)) is Arrived.ENOUGH


def test_a_header_has_a_limit() -> None:
    """Complete or not."""
    header = b"GET / HTTP/1.1\r\nX: " + b"x" * MAX_HEADER
    for data in (header, header + b"\r\n\r\n"):
        assert RequestProgress().measure(bytearray(data)) is Arrived.HEADER_TOO_LONG


def test_tiny_chunks_have_a_limit() -> None:
    """A megabyte of them would cost half a second of processor time."""
    body = b"1\r\nx\r\n" * MAX_TINY_CHUNKS
    progress = RequestProgress()
    assert progress.measure(bytearray(CHUNKED + body)) is Arrived.BODY_INCOMPLETE
    assert progress.measure(bytearray(CHUNKED + body + b"0\r\n\r\n")) is Arrived.TOO_MANY_CHUNKS


def test_a_client_may_ask_before_it_sends_its_body() -> None:
    """Those of HTTP/1.0 know no answer to that."""
    header = post(5, b"Expect: 100-continue\r\n")
    for data, expects in ((header, True), (header.replace(b"1.1", b"1.0"), False)):
        progress = RequestProgress()
        assert progress.measure(bytearray(data)) is Arrived.BODY_INCOMPLETE
        assert progress.expects_continue is expects
