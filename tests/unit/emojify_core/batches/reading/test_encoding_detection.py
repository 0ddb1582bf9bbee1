"""The encoding of an uploaded file is detected, or the file is refused."""

import pytest

from emojify_core.errors import BatchFileError
from support.batch_files import taken_in

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
def test_encodings_are_found_out(encoding: str, found: str, block: int) -> None:
    """Whatever a program saved a file as, it is stored as UTF-8 without a mark."""
    layout, stored = taken_in(UMLAUTS.encode(encoding), "a.txt", block=block)
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
def test_encodings_of_other_scripts_are_found_out(encoding: str, text: str) -> None:
    """Files from before Unicode, with much plain ASCII around."""
    plain = "It was a long and sunny day.\n" * 500
    assert taken_in((plain + text).encode(encoding), "a.txt")[1].decode() == plain + text


def test_an_encoding_can_be_named() -> None:
    """Where several fit, the client knows better."""
    polish = "Byłem bardzo szczęśliwy, gdy zdałem egzamin. Żółć.\n"
    assert taken_in(polish.encode("cp1250"), "a.txt", encoding="cp1250")[1].decode() == polish
    for name in ("nonsense", "rot13", "zip", "\0"):
        with pytest.raises(BatchFileError, match="not known here") as refused:
            taken_in("a", encoding=name)
        assert refused.value.field == "encoding"


def test_bytes_of_another_encoding_far_into_a_file_are_refused() -> None:
    """Nothing is replaced silently; the sentence says where to look."""
    content = b"plain ascii\n" * 100_000 + "Caf\xe9\n".encode("cp1252")
    with pytest.raises(BatchFileError, match=r"1,200,003 bytes .* not UTF-8"):
        taken_in(content, "a.txt")
