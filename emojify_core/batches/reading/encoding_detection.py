"""Which encoding a file is in, told from its beginning, and the file as UTF-8."""

import codecs
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from emojify_core.batches.limits import MAX_LINE
from emojify_core.errors import BatchFileError
from emojify_core.text_validation import MAX_CHARACTERS

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What files of people's texts are in when they are not Unicode; the most common first.
_LIKELY = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "koi8_r", "mac_roman"),
]
_TELLING = 64 << 10  # bytes to guess from
_SOME_NULS = 0.2  # of the bytes: UTF-16 of Latin letters has half, of others fewer
# Bytes that no text holds in any encoding we take.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1e\x7f]")
_BINARY = {
    b"PK\x03\x04": "a zip or Excel file: open it and save the sheet as CSV",
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\xd0\xcf\x11\xe0": "an old Excel file: open it and save the sheet as CSV",
    b"PAR1": "a Parquet file: export it as CSV",
    b"BZh": "packed with bzip2: pack it with gzip instead",
    b"\xfd7zXZ": "packed with xz: pack it with gzip instead",
    b"\x28\xb5\x2f\xfd": "packed with zstd: pack it with gzip instead",
}


def find_encoding(sample: bytes, *, whole: bool) -> str:
    """Return the encoding of a file that begins with `sample` (all of it, if `whole`).

    Raises BatchFileError for what is no text.
    """
    for magic, what in _BINARY.items():
        if sample.startswith(magic):
            raise BatchFileError(f"The file is no text but {what}.")
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if sample.count(0) > _SOME_NULS * len(sample):
        return _wide(sample)
    try:
        # A character may be cut off at the sample's end.
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=whole)
    except UnicodeDecodeError:
        return _guess(sample)
    return "utf-8"


def known_encoding(name: str) -> str:
    """Return Python's name of an encoding of text. Raises BatchFileError."""
    try:
        found = codecs.lookup(name)
        "".encode(found.name)  # not every codec is for text
    except (LookupError, ValueError, TypeError) as e:
        raise BatchFileError(
            f"The encoding {name!r} is not known here. Send the file as UTF-8.", "encoding"
        ) from e
    return found.name


def as_utf8(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the file in UTF-8, without a byte-order mark; lines end as they did.

    Lone carriage returns, the line ends of old Macs, become newlines if the file begins so.
    Raises BatchFileError for what is not in this encoding, for NULs and for endless lines.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    seen = line = 0  # bytes in all, and in the line that has begun
    old_mac: bool | None = None
    for block, last in _with_last(blocks):
        try:
            text = decoder.decode(block, final=last)
        except UnicodeDecodeError as e:
            raise BatchFileError(
                f"After {seen + e.start:,} bytes the file is not {_title(encoding)} any more. "
                "Save it as UTF-8, or name its encoding.",
                "encoding",
            ) from e
        seen += len(block)
        if old_mac is None and text:
            old_mac = "\r" in text[:-1] and "\n" not in text
        out = (text.replace("\r", "\n") if old_mac else text).encode(errors="surrogatepass")
        line = _check(out, line)
        yield out


def _with_last(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    for block in blocks:
        yield block, False
    yield b"", True


def _check(block: bytes, line: int) -> int:
    """Look for what makes a file unreadable; return the length of the line it ends with."""
    if 0 in block:
        raise BatchFileError(
            "The file holds NUL characters, as no text does. Export it again as UTF-8."
        )
    first, last = block.find(b"\n"), block.rfind(b"\n")
    longest = line + (first if first >= 0 else len(block))
    if len(block) > MAX_LINE:
        longest = max(longest, *map(len, block.split(b"\n")))
    if longest > MAX_LINE:
        raise BatchFileError(
            f"A line of the file is longer than {MAX_LINE >> 10:,} KB. Put each text, of at most "
            f"{MAX_CHARACTERS:,} characters, on a line or into a cell of its own."
        )
    return len(block) - last - 1 if last >= 0 else longest


def _wide(sample: bytes) -> str:
    """Tell UTF-16 without a mark from what is no text, by where its zeros are."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < 4 * min(even, odd):
        raise BatchFileError("The file is no text: it is full of zeros. Export it as CSV.")
    return "utf-16-le" if odd > even else "utf-16-be"


def _guess(sample: bytes) -> str:
    if _looks_binary(sample):
        raise BatchFileError("The file is no text. Send CSV, JSON Lines or plain text.")
    from charset_normalizer import from_bytes  # noqa: PLC0415 - for files that are not Unicode

    # Lines in ASCII say nothing, and would drown those that do.
    telling = b"\n".join(line for line in sample.split(b"\n") if not line.isascii())
    found = from_bytes(telling[:_TELLING], cp_isolation=_LIKELY)
    best = found.best()
    if best is None:
        return _LIKELY[0]
    # Where several fit equally well, the one in which most such files are.
    equal = {
        name for match in found if _fit(match) == _fit(best) for name in match.could_be_from_charset
    }
    return _LIKELY[0] if _LIKELY[0] in equal else best.encoding


def _fit(match: "CharsetMatch") -> tuple[float, float]:
    return match.chaos, match.coherence


def _looks_binary(sample: bytes) -> bool:
    return len(_CONTROL.findall(sample)) > len(sample) / 100


def _title(encoding: str) -> str:
    return {"utf-8": "UTF-8", "utf-8-sig": "UTF-8"}.get(encoding, encoding)
