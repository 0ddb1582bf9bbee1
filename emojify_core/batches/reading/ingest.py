"""An uploaded file on its way into the store: unpacked, as UTF-8, its layout found out."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from emojify_core.batches.limits import SAMPLE
from emojify_core.batches.reading.decompression import unpacked
from emojify_core.batches.reading.encoding_detection import as_utf8, find_encoding, known_encoding
from emojify_core.batches.reading.layout import Layout, Options
from emojify_core.batches.reading.layout_detection import look
from emojify_core.errors import BatchFileError


class IngestedFile(NamedTuple):
    """A file that has been written whole."""

    layout: Layout
    size: int  # bytes as written


def take_in(blocks: Iterable[bytes], target: BinaryIO, options: Options) -> IngestedFile:
    """Write a file of texts as plain UTF-8, holding little of it at a time.

    What is wrong with its beginning, and with the options, is known before the rest is read.
    Raises BatchFileError, BatchTooLargeError among them; `target` is then of no use.
    """
    source = unpacked(blocks)
    sample, ended = _first(source, SAMPLE)
    if not sample.strip():
        raise BatchFileError("The file is empty. Send one with a text on each line.")
    encoding = (
        known_encoding(options.encoding) if options.encoding else find_encoding(sample, whole=ended)
    )
    written = as_utf8(_chain(sample, source), encoding)
    # Decoded with the same decoder as the rest, so what is judged is what is written.
    beginning, ended = _first(written, SAMPLE) if not ended else (b"".join(written), True)
    layout = look(beginning, options, encoding, whole=ended)
    size = len(beginning)
    target.write(beginning)
    for block in written:
        target.write(block)
        size += len(block)
    return IngestedFile(replace(layout, encoding=encoding.removesuffix("-sig")), size)


def _first(source: Iterator[bytes], size: int) -> tuple[bytes, bool]:
    """Return at least `size` bytes if there are so many, and whether that is all."""
    taken = bytearray()
    for block in source:
        taken += block
        if len(taken) >= size:
            return bytes(taken), False
    return bytes(taken), True


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest
