"""Blocks of bytes that arrive one after the other."""

from collections.abc import Iterator


def read_at_least(source: Iterator[bytes], size: int) -> tuple[bytes, bool]:
    """Return `size` bytes or more if there are as many, and whether the source has ended."""
    taken = bytearray()
    for block in source:
        taken += block
        if len(taken) >= size:
            return bytes(taken), False
    return bytes(taken), True
