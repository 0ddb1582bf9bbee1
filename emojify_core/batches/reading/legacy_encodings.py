"""Guess the encoding of a file that is not Unicode from how its letters stand in words."""

import re
from typing import NoReturn

from emojify_core.errors import BatchFileError

# The encodings of text files that are not Unicode, the most common first.
_LEGACY = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "koi8_r", "mac_roman"),
]
# Encodings of Latin letters that one file may be in; Excel's "CSV (MS-DOS)" is in two of them.
_LATIN = ("cp1252", "cp850", "cp437", "mac_roman")
_GUESSED_FROM = 64 << 10  # bytes
_JUDGED = 4 << 10  # bytes, because each encoding is tried
_MIXED = 0.1  # of the lines that are not ASCII: as many in valid UTF-8 are no accident
# No text in a supported encoding contains these bytes; Hive writes 1 between cells.
_CONTROL = re.compile(rb"[\x00\x02-\x08\x0e-\x1a\x1c-\x1e\x7f]")
_GOOD_SIGNS = frozenset("’‘“”–—…•€£§°«»¿¡ß©®™½²³·")


def guess_legacy(sample: bytes) -> str:
    """Return the likeliest encoding.

    Raises BatchFileError for a file that is no text, or whose lines have several encodings.
    """
    if len(_CONTROL.findall(sample)) > len(sample) / 100:
        raise BatchFileError("The file is not text. Send CSV, JSON Lines or plain text.")
    # ASCII lines fit every encoding and would outweigh the lines that tell them apart.
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
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
    """Return the guess, or another Latin encoding under which the letters fit better.

    Within a word in small letters stands no capital letter and no sign.
    """
    if guess not in _LATIN:
        return guess
    misfits = {name: _misfits(telling, name) for name in (guess, *_LATIN)}
    least = min(misfits.values())
    return next(name for name, count in misfits.items() if count == least)


def _misfits(telling: bytes, encoding: str) -> int:
    """Return how many of the characters outside ASCII do not fit their place."""
    text = f" {telling.decode(encoding, errors='replace')} "
    count = 0
    for at, sign in enumerate(text):
        if sign.isascii():
            continue
        before, after = text[at - 1], text[at + 1]
        if sign == "\ufffd" or "\x80" <= sign < "\xa0":
            count += 3
        elif sign.isalpha():
            count += sign.isupper() and before.islower()
        elif sign not in _GOOD_SIGNS or (
            before.isalpha() and after.isalpha() and sign not in "’–—"
        ):
            count += 1
    return count


def _check_mixed(sample: bytes, lines: list[bytes], guess: str) -> None:
    valid = sum(map(_is_utf8, lines))
    if valid and (guess in _LATIN or valid >= _MIXED * len(lines)):
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
