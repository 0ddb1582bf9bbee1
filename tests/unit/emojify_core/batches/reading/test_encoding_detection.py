"""The encoding of an uploaded file is detected, or the file is refused."""

import codecs
import time
from contextlib import suppress
from encodings.aliases import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.batches.reading.encoding_detection import ENCODINGS, validate_encoding
from emojify_core.errors import BatchFileError
from support.batch_files import ingested

UMLAUTS = "Ich fühlte mich schrecklich – “wirklich”, naïve Café.\n"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("block", [1, 7, 65536])
def test_unicode_and_western_encodings_are_detected(encoding: str, found: str, block: int) -> None:
    """The file is stored as UTF-8 without a byte-order mark."""
    layout, stored = ingested(UMLAUTS.encode(encoding), "a.txt", block=block)
    assert stored == UMLAUTS.encode()
    assert layout.encoding == found


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Я был очень рад, когда сдал экзамен. Мне было страшно ночью.\n"),
        ("shift_jis", "試験に合格したとき、とても嬉しかった。夜道が怖かった。\n"),
        ("gb18030", "通过考试的时候我非常高兴。晚上一个人走路很害怕。\n"),
    ],
)
def test_encodings_of_other_scripts_are_detected(encoding: str, text: str) -> None:
    """Detection works even if most of the file is plain ASCII."""
    plain = "It was a long and sunny day.\n" * 500
    assert ingested((plain + text).encode(encoding), "a.txt")[1].decode() == plain + text


def test_the_client_can_set_the_encoding() -> None:
    """The option wins over detection; an unknown encoding is refused."""
    polish = "Byłem bardzo szczęśliwy, gdy zdałem egzamin. Żółć.\n"
    assert ingested(polish.encode("cp1250"), "a.txt", encoding="cp1250")[1].decode() == polish
    for name in ("nonsense", "rot13", "zip", "\0"):
        with pytest.raises(BatchFileError, match="not supported") as refused:
            ingested("a", encoding=name)
        assert refused.value.field == "encoding"


@pytest.mark.parametrize(
    "name",
    [
        *("punycode", "idna", "unicode_escape", "raw-unicode-escape", "utf-7", "base64", "hex"),
        *("undefined", "mbcs", "cp037", "uu", "bz2", "charmap", "\ud800", "é", ".", "", "x" * 50),
    ],
)
def test_an_encoding_that_no_file_has_is_refused(name: str) -> None:
    """Some of Python's decoders take quadratic time or raise errors of their own."""
    with pytest.raises(BatchFileError, match="not supported") as refused:
        validate_encoding(name)
    assert refused.value.field == "encoding"


def test_every_spelling_of_a_supported_encoding_is_accepted() -> None:
    """People write latin1, ISO-8859-1, Windows-1252 or UTF8."""
    for spelling in ENCODINGS | {alias for alias, name in aliases.items() if name in ENCODINGS}:
        for name in (spelling, spelling.upper(), spelling.replace("_", "-")):
            assert validate_encoding(name) == codecs.lookup(name).name
    for name in ("Latin-1", "ISO 8859-1", "Windows-1252", "UTF8", "utf-8-sig"):
        assert validate_encoding(name) in {"iso8859-1", "cp1252", "utf-8", "utf-8-sig"}


@given(
    encoding=st.sampled_from(sorted(ENCODINGS)),
    block=st.sampled_from([1, 3, 65536]),
    content=st.binary(max_size=60) | st.text("é試\U0001f600a\x1b$B(", max_size=9).map(str.encode),
)
def test_any_bytes_in_any_encoding_are_read_or_refused(
    encoding: str, block: int, content: bytes
) -> None:
    """No bytes are a server error: UTF-16 without a mark, half a character, a broken escape."""
    with suppress(BatchFileError):
        ingested(content, "a.csv", block=block, encoding=encoding)


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_every_encoding_is_read_in_linear_time(encoding: str) -> None:
    """A megabyte takes some milliseconds."""
    content = b"~{1\x1b$B0!a\x81\x39\x0e\xa4\xfe\n" * (1 << 15)
    decode = codecs.getincrementaldecoder(encoding)(errors="replace").decode
    start = time.process_time()
    for block in (content[at : at + 65536] for at in range(0, len(content), 65536)):
        with suppress(UnicodeError):
            decode(block)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_utf_16_without_a_mark_is_refused(encoding: str) -> None:
    """The client said UTF-16, but which of its two byte orders stays unknown."""
    with pytest.raises(BatchFileError, match="not valid UTF") as refused:
        ingested(UMLAUTS.encode(), "a.txt", encoding=encoding)
    assert refused.value.field == "encoding"


def test_invalid_bytes_late_in_a_file_are_refused() -> None:
    """No byte is replaced silently; the error says where to look."""
    content = b"plain ascii\n" * 100_000 + "Caf\xe9\n".encode("cp1252")
    with pytest.raises(BatchFileError, match=r"not valid UTF-8 after byte 1,200,003"):
        ingested(content, "a.txt")
