"""A JSON list as JSON Lines: an item on each line, its numbers exactly as they were written."""

import json
import re
from collections.abc import Iterable, Iterator

from emojify_core.errors import BatchFileError
from emojify_core.limits import MAX_LINE

_NO_LIST = (
    "The file is not JSON Lines, and no list of objects or texts stands in it. Put one JSON object "
    "on each line, or all objects into one list."
)
_SPACES = re.compile(r"[ \t\r\n]*")
_BEGINNING = re.compile(r'\[\s*[\[{"]|\{\s*"')
_DECODER = json.JSONDecoder()


def is_json_document(sample: str) -> bool:
    """Tell whether a file is one JSON list, or an object that holds one, and not JSON Lines.

    `sample` is its beginning. A text may start with a bracket, too: "[laughs] Oh yes".
    """
    content = sample.lstrip()
    if not _BEGINNING.match(content):
        return False
    first = content.partition("\n")[0]
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):
        # Broken lines are no document: its first line ends with a bracket or a comma.
        return content.startswith("[") or first.rstrip().endswith(("{", "[", ",", "}"))
    if isinstance(found, list):
        return not content[len(first) :].strip() and bool(found)
    rest = content[len(first) :].strip()
    return not rest and any(
        isinstance(value, list) and value and isinstance(value[0], dict) for value in found.values()
    )


def read_json_document(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the items of the first list, each on a line.

    Raises BatchFileError where the JSON is broken, an item is too long, or no list is found.
    """
    text = _Text(blocks)
    if text.peek() == "{":
        _enter_list(text)
    text.skip("[")
    if text.peek() == "]":
        raise BatchFileError(_NO_LIST)
    while True:
        yield (" ".join(text.value().splitlines()) + "\n").encode(errors="surrogatepass")
        if text.peek() != ",":
            break
        text.skip(",")
    text.skip("]")


def _enter_list(text: "_Text") -> None:
    """Move to the first list of objects in the outermost object."""
    text.skip("{")
    while True:
        text.value()
        text.skip(":")
        if text.peek() == "[" and text.peek(1) in '{"':
            return
        text.value()
        if text.peek() != ",":
            raise BatchFileError(_NO_LIST)
        text.skip(",")


class _Text:
    """Characters that arrive in blocks, read value by value."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._buffer, self._at, self._rest = "", 0, b""
        self._ended = False

    def peek(self, ahead: int = 0) -> str:
        """Return the next sign that is no space (or the one after), "" at the end."""
        while not self._reach(self._at):
            self._at = len(self._buffer)  # spaces are not kept
            if not self._fill():
                return ""
        self._at += self._spaces(self._at)
        after = self._at + 1
        while ahead and not self._reach(after):
            self._require_short()
            if not self._fill():
                return ""
            after = 1
        return self._buffer[after + self._spaces(after) if ahead else self._at]

    def skip(self, sign: str) -> None:
        """Move behind a sign. Raises BatchFileError when another one stands there."""
        if self.peek() != sign:
            raise BatchFileError(
                "The JSON of the file is broken or ends too early. Export it again."
            )
        self._at += 1

    def value(self) -> str:
        """Return the source of the next value, and move behind it."""
        self.peek()
        while True:
            start = self._at
            try:
                _, end = _DECODER.raw_decode(self._buffer, start)
                if end < len(self._buffer) or self._ended:  # a number may go on
                    self._at = end
                    return self._buffer[start:end]
            except (ValueError, RecursionError) as e:
                if self._ended or isinstance(e, RecursionError):
                    raise BatchFileError(
                        "The JSON of the file is broken or nests too deep. Export it again."
                    ) from e
            self._require_short()
            self._fill()

    def _spaces(self, at: int) -> int:
        """Return how many spaces stand at a place."""
        rest = _SPACES.match(self._buffer, at)
        return rest.end() - at if rest else 0

    def _reach(self, at: int) -> bool:
        """Tell whether a sign other than a space has come, from a place on."""
        return at + self._spaces(at) < len(self._buffer)

    def _require_short(self) -> None:
        if len(self._buffer) - self._at > MAX_LINE:
            raise BatchFileError(
                f"The JSON of the file is broken, or an object in it is longer than "
                f"{MAX_LINE >> 10:,} KB."
            )

    def _fill(self) -> bool:
        """Read some hundred kilobytes more, so that few values are tried twice."""
        if self._ended:
            return False
        taken = bytearray(self._rest)
        while len(taken) < MAX_LINE // 4:
            block = next(self._blocks, None)
            if block is None:
                self._ended = True
                break
            taken += block
        cut = len(taken) if self._ended else taken.rfind(b"\n") + 1 or _whole(taken)
        self._rest = bytes(taken[cut:])
        self._buffer = self._buffer[self._at :] + taken[:cut].decode(errors="replace")
        self._at = 0
        return True


def _whole(data: bytearray) -> int:
    """Return where the last whole character of UTF-8 ends."""
    end = len(data)
    while end and data[end - 1] & 0xC0 == 0x80:  # noqa: PLR2004 - a byte inside a character
        end -= 1
    return max(end - 1, 0)
