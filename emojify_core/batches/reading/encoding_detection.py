"""Detect the encoding of a file from its beginning, and convert the file to UTF-8."""

import codecs
from collections.abc import Iterator
from encodings import normalize_encoding
from encodings.aliases import aliases
from itertools import chain

from emojify_core.batches.reading.kinds.other_formats import refuse_binary
from emojify_core.batches.reading.legacy_encodings import guess_legacy
from emojify_core.errors import BatchFileError
from emojify_core.limits import MAX_CHARACTERS, MAX_LINE

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is a prefix of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The encodings that people have, as the names of Python's modules. Python knows others, which are
# no files' encodings and whose decoders may take quadratic time (punycode) or raise any error.
ENCODINGS = frozenset(
    (
        *("ascii", "utf_8", "utf_8_sig", "utf_16", "utf_16_le", "utf_16_be"),
        *("utf_32", "utf_32_le", "utf_32_be", "latin_1", "iso8859_1"),
        *(f"iso8859_{part}" for part in (*range(2, 12), *range(13, 17))),
        *(f"cp{page}" for page in (*range(1250, 1259), *range(860, 867))),
        *("cp437", "cp720", "cp737", "cp775", "cp850", "cp852", "cp855", "cp857", "cp858"),
        *("cp869", "cp874", "cp932", "cp949", "cp950", "cp1125", "tis_620"),
        *("koi8_r", "koi8_t", "koi8_u", "kz1048"),
        *("shift_jis", "shift_jis_2004", "shift_jisx0213"),
        *("euc_jp", "euc_jis_2004", "euc_jisx0213", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2"),
        *("iso2022_jp_3", "iso2022_jp_2004", "iso2022_jp_ext"),
        *("gb2312", "gbk", "gb18030", "big5", "big5hkscs", "euc_kr", "iso2022_kr", "johab"),
        *("mac_roman", "mac_latin2", "mac_cyrillic", "mac_greek", "mac_turkish"),
        *("mac_iceland", "mac_croatian", "mac_romanian"),
    )
)
_UTF16_NULS = 0.2  # of the bytes: half in Latin letters, fewer in other scripts


def detect_encoding(sample: bytes, *, whole: bool) -> str:
    """Return the encoding of a file that begins with `sample` (`whole`: that is all of it).

    Raises BatchFileError when the file is not text.
    """
    refuse_binary(sample)
    for mark, name in _BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return name
    if sample.count(0) > _UTF16_NULS * len(sample):
        return _detect_utf16(sample)
    try:
        # The sample may end in the middle of a character.
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=whole)
    except UnicodeDecodeError:
        return guess_legacy(sample)
    return "utf-8"


def validate_encoding(name: str) -> str:
    """Return Python's name of a supported encoding. Raises BatchFileError for any other."""
    # Not `codecs.lookup`, which remembers every name that it does not know.
    spelling = normalize_encoding(name.lower())
    module = aliases.get(spelling) or aliases.get(spelling.replace(".", "_"), spelling)
    if module not in ENCODINGS:
        raise BatchFileError(
            f"The encoding {name!r} is not supported. Save the file as UTF-8 and send it again.",
            "encoding",
        )
    return codecs.lookup(module).name


def to_utf8(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the file in UTF-8 without a byte-order mark; line ends stay as they are.

    Lone carriage returns, the line ends of old Macs, become newlines if the file starts with
    them. Raises BatchFileError for bytes outside the encoding, NULs and lines that are too long.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    seen = line = 0  # bytes read, and bytes of the unfinished line
    old_mac: bool | None = None
    for block, last in chain(((block, False) for block in blocks), [(b"", True)]):
        try:
            text = decoder.decode(block, final=last)
        except UnicodeError as e:  # UTF-16 without a byte-order mark has no position
            start = seen + (e.start if isinstance(e, UnicodeDecodeError) else 0)
            raise BatchFileError(
                f"The file is not valid {encoding.removesuffix('-sig').upper()} after byte "
                f"{start:,}. Save it as UTF-8, or set its encoding.",
                "encoding",
            ) from e
        seen += len(block)
        if old_mac is None and text:
            text = text.removeprefix("\ufeff")  # a byte-order mark, where the client named UTF-8
            old_mac = _ends_lines_with_cr(text)
        out = (text.replace("\r", "\n") if old_mac else text).encode(errors="surrogatepass")
        line = _check_lines(out, line)
        yield out


def _ends_lines_with_cr(text: str) -> bool:
    """Tell whether lone carriage returns end lines, as on old Macs; cells may hold newlines."""
    if "\r" not in text[:-1] or "\r\n" in text:
        return False
    outside = "".join(text.split('"')[::2])
    return "\n" not in text or ("\r" in outside and "\n" not in outside)


def _check_lines(block: bytes, line: int) -> int:
    """Check a block that continues a line of `line` bytes; return the length of its last line."""
    if 0 in block:
        raise BatchFileError(
            "The file contains NUL characters, so it is not plain text. Export it again as UTF-8."
        )
    first, last = block.find(b"\n"), block.rfind(b"\n")
    longest = line + (first if first >= 0 else len(block))
    if len(block) > MAX_LINE:
        longest = max(longest, *map(len, block.split(b"\n")))
    if longest > MAX_LINE:
        raise BatchFileError(
            f"A line of the file is longer than {MAX_LINE >> 10:,} KB. Put each text on its own "
            f"line or in its own cell, with at most {MAX_CHARACTERS:,} characters."
        )
    return len(block) - last - 1 if last >= 0 else longest


def _detect_utf16(sample: bytes) -> str:
    """Tell UTF-16 without a byte-order mark from binary data by where its zeros are."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < 4 * min(even, odd):
        raise BatchFileError(
            "The file is binary data, not text. Export it as CSV and send it again."
        )
    return "utf-16-le" if odd > even else "utf-16-be"
