"""Chat exports of WhatsApp as tables: a row for each message, its date and its sender apart."""

import re
from collections.abc import Iterable, Iterator

from emojify_core.limits import MAX_LINE

_MARKS = "\u200e\u200f\ufeff"  # WhatsApp puts marks of direction before dates and notices
# A date, a time and what separates them from the sender, as phones of both kinds write them.
_DATE = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[ \u202f\u00a0]?[APap]\.?[ ]?[Mm]\.?)?"
_SENDER = r"([^:\n]{1,100}): (.*)"
_MESSAGE = re.compile(rf"\[({_DATE},? {_TIME})\] {_SENDER}|({_DATE},? {_TIME}) - {_SENDER}")
_NOTICE = re.compile(rf"\[{_DATE},? {_TIME}\] |{_DATE},? {_TIME} - ")
_EXAMINED = 50  # lines
_SHARE = 0.3  # of them: a message may have several lines
HEADER = ["date", "sender", "message"]


def is_chat(sample: str) -> bool:
    """Tell whether a file is the export of a chat."""
    lines = [line.strip(_MARKS) for line in sample.splitlines()[:_EXAMINED] if line.strip()]
    starts = sum(_NOTICE.match(line) is not None for line in lines)
    messages = any(_MESSAGE.match(line) for line in lines)
    return messages and starts >= max(1, _SHARE * len(lines)) and bool(_NOTICE.match(lines[0]))


def read_chat(blocks: Iterable[bytes]) -> Iterator[list[str]]:
    """Yield the header and the messages of a chat; notices without a sender are no messages."""
    yield HEADER
    current: list[str] | None = None
    size = 0
    for line in _lines(blocks):
        bare = line.strip(_MARKS)
        found = _MESSAGE.match(bare)
        if found:
            if current:
                yield current
            current = [part for part in found.groups() if part is not None]
            size = len(line)
        elif _NOTICE.match(bare):
            if current:
                yield current
            current = None
        elif current and size + len(line) < MAX_LINE // 4:
            current[-1] += f"\n{line}"
            size += len(line)
    if current:
        yield current


def _lines(blocks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace").rstrip("\r")
    if rest:
        yield rest.decode(errors="replace").rstrip("\r")
