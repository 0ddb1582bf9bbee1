"""Guess the encoding of a file that is not Unicode from how its letters stand in words."""

import re
from typing import NoReturn

from emojify_core.batches.reading.letters import (
    CYRILLIC,
    LATIN,
    OTHER_LATIN,
    cyrillic_misfits,
    is_sure,
    misfits,
)
from emojify_core.errors import BatchFileError

# The encodings of text files that are not Unicode, the most common first.
_LEGACY = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "koi8_r", "mac_roman"),
]
_GUESSED_FROM = 64 << 10  # bytes
_JUDGED = 4 << 10  # bytes, because each encoding is tried
_FEW = 0.15  # of the characters outside ASCII may stand at odd places
_NOT_ASCII = bytes(range(128, 256))
_MIXED = 0.1  # of the lines that are not ASCII: as many in valid UTF-8 are no accident
# No text in a supported encoding contains these bytes; Hive writes 1 between cells.
_CONTROL = re.compile(rb"[\x00\x02-\x08\x0e-\x1a\x1c-\x1e\x7f]")


def guess_legacy(sample: bytes) -> str:
    """Return the likeliest encoding.

    Raises BatchFileError for a file that is no text, or whose lines have several encodings.
    """
    if len(_CONTROL.findall(sample)) > len(sample) / 100:
        raise BatchFileError("The file is not text. Send CSV, JSON Lines or plain text.")
    lines = _telling(sample)
    telling = b"\n".join(lines)
    guess = _ask_charset_normalizer(telling[:_GUESSED_FROM])
    best = _best_letters(telling[:_JUDGED], guess)
    _check_mixed(sample, lines, best)
    return best


def _ask_charset_normalizer(telling: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only for non-Unicode files

    matches = from_bytes(telling, cp_isolation=_LEGACY)
    best = matches.best()
    if best is None:
        return _LEGACY[0]
    # If several fit equally well, prefer the most common one.
    fit = (best.chaos, best.coherence)
    equal = {
        name
        for match in matches
        if (match.chaos, match.coherence) == fit
        for name in match.could_be_from_charset
    }
    return _LEGACY[0] if _LEGACY[0] in equal else best.encoding


def _best_letters(telling: bytes, guess: str) -> str:
    """Return the guess, or a Latin or Cyrillic encoding under which the letters fit better."""
    if guess not in {*LATIN, *OTHER_LATIN, *CYRILLIC}:
        return guess
    foreign = len(telling) - len(telling.translate(None, _NOT_ASCII))
    costs = {name: cyrillic_misfits(telling, name) for name in CYRILLIC}
    best = min(costs, key=costs.__getitem__)
    if costs[best] <= _FEW * foreign:
        return best
    costs = {name: misfits(telling, name) for name in LATIN}
    best = min(costs, key=costs.__getitem__)
    return guess if guess in OTHER_LATIN and costs[best] else best


def is_doubtful(sample: bytes, encoding: str) -> bool:
    """Tell whether another encoding fits the file as well, so that a person should decide."""
    return not is_sure(b"\n".join(_telling(sample))[:_JUDGED], encoding)


def _telling(sample: bytes) -> list[bytes]:
    """Return the lines that are not ASCII: others fit every encoding and would outweigh them."""
    return [line for line in sample.split(b"\n") if not line.isascii()]


def _check_mixed(sample: bytes, lines: list[bytes], guess: str) -> None:
    valid = sum(map(_is_utf8, lines))
    if valid and (guess in LATIN or valid >= _MIXED * len(lines)):
        _refuse_mixed(sample)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _refuse_mixed(sample: bytes) -> NoReturn:
    number = next(
        number for number, line in enumerate(sample.split(b"\n"), 1) if not _is_utf8(line)
    )
    raise BatchFileError(
        f"The lines of the file have several encodings: some are UTF-8, but line {number:,} is "
        "not. Save the file as UTF-8, or set its encoding.",
        "encoding",
    )
