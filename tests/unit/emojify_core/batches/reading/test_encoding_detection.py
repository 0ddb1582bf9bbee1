"""The encoding of an uploaded file is detected, or the file is refused."""

import pytest

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


def test_invalid_bytes_late_in_a_file_are_refused() -> None:
    """No byte is replaced silently; the error says where to look."""
    content = b"plain ascii\n" * 100_000 + "Caf\xe9\n".encode("cp1252")
    with pytest.raises(BatchFileError, match=r"not valid UTF-8 after byte 1,200,003"):
        ingested(content, "a.txt")
