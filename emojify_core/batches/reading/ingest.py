"""Store an uploaded file: decompress it, convert it to UTF-8 and detect its layout."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import BinaryIO, NamedTuple

from emojify_core.batches.reading.decompression import decompress
from emojify_core.batches.reading.encoding_detection import (
    detect_encoding,
    to_utf8,
    validate_encoding,
)
from emojify_core.batches.reading.layout import Layout, LayoutOptions
from emojify_core.batches.reading.layout_detection import detect_layout
from emojify_core.limits import SAMPLE


class IngestedFile(NamedTuple):
    """A file that is stored completely."""

    layout: Layout
    size: int  # bytes as stored


def ingest_file(
    blocks: Iterable[bytes],
    target: BinaryIO,
    options: LayoutOptions,
    before_write: Callable[[bytes], None] = lambda _: None,
) -> IngestedFile:
    """Write a file of texts to `target` as plain UTF-8, a few blocks in memory at a time.

    `before_write` is called with each block before it is written, and may raise an error. Errors
    in the file's beginning and in the options appear before the rest is read. Raises
    BatchFileError, and BatchTooLargeError among them; `target` is then incomplete.
    """
    source = decompress(blocks)
    sample, ended = _read_at_least(source, SAMPLE)
    encoding = (
        validate_encoding(options.encoding)
        if options.encoding
        else detect_encoding(sample, whole=ended)
    )
    utf8 = to_utf8(chain([sample], source), encoding)
    # One decoder serves both, so the layout is detected in exactly what is stored.
    beginning, ended = _read_at_least(utf8, SAMPLE) if not ended else (b"".join(utf8), True)
    layout = detect_layout(beginning, options, encoding, whole=ended)
    size = len(beginning)
    before_write(beginning)
    target.write(beginning)
    for block in utf8:
        before_write(block)
        target.write(block)
        size += len(block)
    return IngestedFile(replace(layout, encoding=encoding.removesuffix("-sig")), size)


def _read_at_least(source: Iterator[bytes], size: int) -> tuple[bytes, bool]:
    """Return `size` bytes or more if there are as many, and whether the source has ended."""
    taken = bytearray()
    for block in source:
        taken += block
        if len(taken) >= size:
            return bytes(taken), False
    return bytes(taken), True
