"""A JSON list is read item by item, and spaces cost nothing."""

from collections.abc import Iterator

import pytest

from emojify_core.batches.reading.kinds.json_documents import (
    _Text,
    is_json_document,
    read_json_document,
)
from emojify_core.errors import BatchFileError
from emojify_core.limits import MAX_LINE

SPACES = b" \n" * (1 << 17)


def lines(*blocks: bytes) -> list[str]:
    """Return the items of a list, one a line."""
    return b"".join(read_json_document(blocks)).decode().splitlines()


def test_items_and_their_numbers_stay_as_written() -> None:
    """In a list, or in an object that holds one."""
    assert lines(b'[{"a": 1.10},\n "x" , 3]') == ['{"a": 1.10}', '"x"', "3"]
    assert lines(b'{"n": [], "rows": [ {"a": "b"} ] }') == ['{"a": "b"}']


def test_spaces_before_a_value_are_not_kept() -> None:
    """A gigabyte of them travels in a few megabytes of gzip."""
    longest = 0

    def blocks() -> Iterator[bytes]:
        nonlocal longest
        yield b"["
        for _ in range(40):
            longest = max(longest, len(text._buffer))  # noqa: SLF001
            yield SPACES
        yield b'"x"]'

    text = _Text(blocks())
    text.skip("[")
    assert text.value() == '"x"'
    assert longest <= 2 * MAX_LINE
    assert lines(b"[", *[SPACES] * 4, b'"x"', *[SPACES] * 4, b"]") == ['"x"']


def test_spaces_after_a_bracket_have_a_limit() -> None:
    """There the bracket must be kept until the next sign comes."""
    with pytest.raises(BatchFileError, match="longer than"):
        lines(b'{"rows": [', *[SPACES] * 40, b'{"a": "b"}]}')


@pytest.mark.parametrize(
    ("sample", "document"),
    [
        ('[\n {"text": "a"},', True),
        ('{"rows": [{"text": "a"}]}', True),
        ("[deleted]\nWe won\n", False),
        ("[21:04] <anna> hi\n[21:05] <tom> hi\n", False),
        ("{name} said,\n", False),
    ],
)
def test_a_bracket_alone_makes_no_document(sample: str, *, document: bool) -> None:
    """Texts start with one, too."""
    assert is_json_document(sample) is document
