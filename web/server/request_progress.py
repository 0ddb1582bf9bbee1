"""How much of a request has arrived: whether a thread can answer it without waiting for bytes."""

import re
from enum import Enum, auto

from emojify_core.limits import MAX_BODY, MAX_HEADER, UPLOAD_START
from web.server.chunk_scanner import ChunkScanner

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n")
_BARE_LF = re.compile(rb"(?<!\r)\n")


class Arrived(Enum):
    """What there is of a request."""

    HEADER_INCOMPLETE = auto()
    BODY_INCOMPLETE = auto()
    ENOUGH = auto()  # all of it, the start of an upload, or something malformed
    HEADER_TOO_LONG = auto()
    TOO_MANY_CHUNKS = auto()


class RequestProgress:
    """Measures one request. gunicorn parses it afterwards, and says what is wrong with it."""

    def __init__(self) -> None:
        self._searched = 0
        self._body: int | None = None  # where the body starts
        self._enough = 0  # bytes of the request, or of the start of an upload
        self._chunks: ChunkScanner | None = None
        self.expects_continue = False  # the client waits before it sends its body

    def measure(self, data: bytearray) -> Arrived:
        """Return what there is, given all bytes of the request so far."""
        if self._body is None:
            end = data.find(_END, max(0, self._searched - 3))
            if end < 0:
                # gunicorn answers 400 to a line end without CR; no header would end there.
                if _BARE_LF.search(data, self._searched):
                    return Arrived.ENOUGH
                self._searched = len(data)
                is_long = len(data) > MAX_HEADER
                return Arrived.HEADER_TOO_LONG if is_long else Arrived.HEADER_INCOMPLETE
            if end > MAX_HEADER:
                return Arrived.HEADER_TOO_LONG
            self._body = end + len(_END)
            self._read_header(bytes(data[: end + 2]).lower(), self._body)
        if self._chunks is None:
            return Arrived.ENOUGH if len(data) >= self._enough else Arrived.BODY_INCOMPLETE
        if self._chunks.is_complete(data) or len(data) - self._body > MAX_BODY:
            too_many = self._chunks.has_too_many_chunks
            return Arrived.TOO_MANY_CHUNKS if too_many else Arrived.ENOUGH
        return Arrived.BODY_INCOMPLETE

    def _read_header(self, header: bytes, body: int) -> None:
        self._enough = body
        if b"\r\ntransfer-encoding:" in header:
            self._chunks = ChunkScanner(body)
        elif found := _LENGTH.search(header):
            length = int(found[1])
            self._enough += length if length <= MAX_BODY else UPLOAD_START
        is_current = b" http/1.1\r\n" in header
        self.expects_continue = is_current and b"\r\nexpect: 100-continue\r\n" in header
