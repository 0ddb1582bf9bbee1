"""Blocks of bytes as they come, unpacked if they are gzip, and never more than is allowed."""

import zlib
from collections.abc import Iterable, Iterator

from emojify_core.batches.limits import MAX_FILE, MAX_RATIO, RATIO_FROM
from emojify_core.errors import BatchFileError, BatchTooLargeError

_MAGIC = b"\x1f\x8b"
_BLOCK = 1 << 20  # unpacked at a time
# Logs are joined from members of a line each, but not from hundreds of thousands: each costs more
# to begin than to send.
_MEMBERS_FROM = 1_000  # so many may be as small as they like
_LEAST_MEMBER = 512  # packed bytes of the others, on average
_TOO_LARGE = (
    f"The file is larger than {MAX_FILE >> 20:,} MB. Cut it into several files and send each."
)


def unpacked(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the file's bytes. Raises BatchTooLargeError as soon as there are too many."""
    source = _bounded(block for block in blocks if block)
    head = b""
    for block in source:
        head += block
        if len(head) >= len(_MAGIC):
            break
    rest = _chain(head, source)
    yield from _bounded(_gunzipped(rest)) if head.startswith(_MAGIC) else rest


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from rest


def _bounded(blocks: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for block in blocks:
        size += len(block)
        if size > MAX_FILE:
            raise BatchTooLargeError(_TOO_LARGE)
        yield block


def _gunzipped(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack any number of gzip members, one after the other."""
    packed = size = members = 0
    member = zlib.decompressobj(wbits=31)
    try:
        for block in blocks:
            packed += len(block)
            left = block
            while left:
                if member.eof:
                    if not left.strip(b"\0"):  # some writers fill up with zeros
                        break
                    member = zlib.decompressobj(wbits=31)
                    members += 1
                    if members > max(_MEMBERS_FROM, packed // _LEAST_MEMBER):
                        raise BatchFileError(
                            "The file is gzip in thousands of parts of a few bytes each. Pack it "
                            "as one and send it again."
                        )
                out = member.decompress(left, _BLOCK)
                size += len(out)
                if size > RATIO_FROM and size > MAX_RATIO * packed:
                    raise BatchTooLargeError(
                        f"The file unpacks to more than {MAX_RATIO} times its size, which no list "
                        "of texts does. Send it unpacked, or in parts."
                    )
                if out:
                    yield out
                left = member.unused_data if member.eof else member.unconsumed_tail
    except zlib.error as e:
        raise BatchFileError("The file is damaged: gzip cannot unpack it. Pack it again.") from e
    if not member.eof:
        raise BatchFileError("The file ends in the middle of its gzip data. Send it whole.")
