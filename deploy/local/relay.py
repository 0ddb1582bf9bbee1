"""Hands over what a process prints, in blocks.

Waking up for each line cost 0.25 ms a prediction.
"""

import asyncio
import os
from collections.abc import Callable
from typing import Any, Self

LONGEST_LINE = 1 << 20  # bytes; a longer line is dropped
READ_PAUSE = 0.05  # seconds between two looks at what came


class Relay(asyncio.Protocol):
    """Reads a pipe until the last process that may write to it ends."""

    def __init__(self, hand_over: Callable[[str], None]) -> None:
        self._hand_over = hand_over
        self._loop = asyncio.get_running_loop()
        self._line, self._is_overlong = b"", False
        self.ended = self._loop.create_future()

    @classmethod
    async def open(cls, hand_over: Callable[[str], None]) -> tuple[Self, int]:
        """Return a relay, and the end of its pipe to write to; the caller closes that."""
        read, write = os.pipe()
        _, relay = await asyncio.get_running_loop().connect_read_pipe(
            lambda: cls(hand_over), os.fdopen(read, "rb", buffering=0)
        )
        return relay, write

    def connection_made(self, transport: Any) -> None:
        """Begin to read."""
        self._pipe: asyncio.ReadTransport = transport

    def data_received(self, data: bytes) -> None:
        """Hand over the lines that are whole, and let more come together."""
        *lines, self._line = (self._line + data).split(b"\n")
        for line in lines[self._is_overlong :]:
            self._hand_over(line.decode(errors="replace").rstrip())
        if lines:
            self._is_overlong = False
        if len(self._line) > LONGEST_LINE:
            self._line, self._is_overlong = b"", True
        self._pipe.pause_reading()
        self._loop.call_later(READ_PAUSE, self._read_on)

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand over a last line without an end."""
        try:
            if self._line and not self._is_overlong:
                self._hand_over(self._line.decode(errors="replace").rstrip())
        finally:
            if not self.ended.done():
                self.ended.set_result(exc)

    def _read_on(self) -> None:
        if not self._pipe.is_closing():
            self._pipe.resume_reading()
