"""Decompress gzip while the bytes arrive, within the size limits."""

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from emojify_core.errors import BatchFileError, BatchTooLargeError
from emojify_core.limits import MAX_FILE, MAX_RATIO, RATIO_FROM, SAMPLE

_MAGIC = b"\x1f\x8b"
# Log files may have one gzip member per line, but hundreds of thousands of tiny members are an
# attack: each costs more to start than to send.
_FREE_MEMBERS = 1_000  # these may be as small as they like
_MIN_MEMBER = 512  # compressed bytes of the others, on average
_TOO_LARGE = (
    f"The file is larger than {MAX_FILE >> 20:,} MB. Split it into several files and send each."
)


def decompress(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of the file, decompressed if it is gzip.

    Raises BatchTooLargeError as soon as there are too many, and BatchFileError for damaged gzip.
    """
    source = _limit_size(block for block in blocks if block)
    head = b""
    for block in source:
        head += block
        if len(head) >= len(_MAGIC):
            break
    whole = chain([head], source)
    yield from _limit_size(_gunzip(whole)) if head.startswith(_MAGIC) else whole


def _limit_size(blocks: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for block in blocks:
        size += len(block)
        if size > MAX_FILE:
            raise BatchTooLargeError(_TOO_LARGE)
        yield block


def _gunzip(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Decompress any number of gzip members, one after the other."""
    compressed = size = members = 0
    member = zlib.decompressobj(wbits=31)
    try:
        for block in blocks:
            compressed += len(block)
            left = block
            while left:
                if member.eof:
                    if not left.strip(b"\0"):  # some programs pad the end with zeros
                        break
                    member = zlib.decompressobj(wbits=31)
                    members += 1
                    if members > max(_FREE_MEMBERS, compressed // _MIN_MEMBER):
                        raise BatchFileError(
                            "The gzip file consists of thousands of tiny parts. Compress it again "
                            "in one piece and send it again."
                        )
                # No more at a time than is examined: 1 KB of gzip can hold a megabyte of commas.
                out = member.decompress(left, SAMPLE)
                size += len(out)
                if size > RATIO_FROM and size > MAX_RATIO * compressed:
                    raise BatchTooLargeError(
                        f"The file decompresses to more than {MAX_RATIO} times its size, far more "
                        "than text does. Send it uncompressed or in parts."
                    )
                if out:
                    yield out
                left = member.unused_data if member.eof else member.unconsumed_tail
    except zlib.error as e:
        raise BatchFileError(
            "The gzip file is damaged. Compress the original again and send it."
        ) from e
    if not member.eof:
        raise BatchFileError("The gzip file ends too early. Send the complete file.")
