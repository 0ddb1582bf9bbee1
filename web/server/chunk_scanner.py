"""Finds the end of a chunked body without decoding it."""

from emojify_core.limits import MAX_TINY_CHUNKS, TINY_CHUNK

_LONGEST_LINE = 8190  # bytes; as gunicorn's own limit
_HEX_DIGITS = 15


class ChunkScanner:
    """Walks over a body's chunks as they arrive. It checks just enough to find the end.

    gunicorn decodes the body later and refuses what is malformed.
    """

    def __init__(self, start: int) -> None:
        self._next = start  # where the next line with a size begins
        self._searched = start
        self._tiny = 0
        self._in_trailer = False

    def is_complete(self, data: bytearray) -> bool:
        """Return whether the body has ended, or cannot be read on."""
        while not self._in_trailer:
            end = data.find(b"\r\n", max(self._next, self._searched - 1))
            if end < 0:
                self._searched = max(self._next, len(data))
                return len(data) - self._next > _LONGEST_LINE
            size = _size(bytes(data[self._next : end]))
            if size is None:
                return True
            if size < TINY_CHUNK:
                self._tiny += 1
                if self._tiny > MAX_TINY_CHUNKS:
                    return True
            self._in_trailer = size == 0
            # The trailer's end is looked for from the line end before it.
            self._next = end if self._in_trailer else end + 2 + size + 2
            self._searched = self._next
        return data.find(b"\r\n\r\n", self._next) >= 0 or len(data) - self._next > _LONGEST_LINE

    @property
    def has_too_many_chunks(self) -> bool:
        """Return whether reading these chunks would cost too much."""
        return self._tiny > MAX_TINY_CHUNKS


def _size(line: bytes) -> int | None:
    """Return a chunk's size, or None for a malformed line."""
    digits = line.partition(b";")[0].strip(b" \t")
    if not 0 < len(digits) <= _HEX_DIGITS or not digits.isalnum():
        return None
    try:
        return int(digits, 16)
    except ValueError:
        return None
