"""Gzip files are decompressed; those that would fill the disk are refused."""

import gzip
import io
import os
import zlib
from collections.abc import Iterator

import pytest

from emojify_core.batches.reading import decompression
from emojify_core.errors import BatchFileError, BatchTooLargeError
from support.batch_files import as_csv, ingested, texts_of

TABLE = [["id", "text", "score"], ["1", "I won, really!", "0.5"], ["2", "She\ncried.", "0.7"]]
TEXTS = ["I won, really!", "She\ncried."]


@pytest.mark.parametrize("block", [1, 1000, 1 << 20])
def test_gzip_is_decompressed(block: int) -> None:
    """A gzip file reads like the original, also with several members in a row."""
    half = gzip.compress(as_csv(TABLE).encode())
    assert texts_of(half, "export.csv.gz", block=block) == TEXTS
    more = half + gzip.compress(b"3,More of it,1\n") + b"\0" * 20
    assert texts_of(more, "export.csv.gz", block=block) == [*TEXTS, "More of it"]


def test_a_gzip_bomb_is_refused() -> None:
    """A file of 100 KB does not become 100 MB on the disk."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"bomb\n" * 200_000) for _ in range(100)) + packer.flush()
    target = io.BytesIO()
    with pytest.raises(BatchTooLargeError, match="250 times"):
        target.write(ingested(bomb, "a.txt.gz")[1])
    assert len(bomb) < 200_000


def test_gzip_with_countless_members_is_refused_early() -> None:
    """A hundred million tiny members would keep the server busy for hours."""
    sent = 0

    def blocks() -> Iterator[bytes]:
        nonlocal sent
        while sent < 100:
            sent += 1
            yield gzip.compress(b"") * 5_000

    with pytest.raises(BatchFileError, match="thousands of tiny parts"):
        list(decompression.decompress(blocks()))
    assert sent == 1


def test_a_log_compressed_line_by_line_is_read() -> None:
    """Hundreds of small members are fine, and thousands of larger ones."""
    lines = [f"Line {n} of a log." for n in range(900)]
    packed = b"".join(gzip.compress(f"{line}\n".encode()) for line in lines)
    assert texts_of(packed, "a.txt.gz") == lines
    larger = gzip.compress(os.urandom(600).hex().encode() + b"\n")
    assert len(texts_of(larger * 2_000, "a.txt.gz", block=100_000)) == 2_000


def test_a_file_above_the_size_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for the sent and for the decompressed size."""
    monkeypatch.setattr(decompression, "MAX_FILE", 1_000_000)
    content = b"some words here\n" * 100_000
    for name, data in (("a.txt", content), ("a.txt.gz", gzip.compress(content))):
        with pytest.raises(BatchTooLargeError, match="several files"):
            ingested(data, name)
