"""The reader undoes what programs did to a text, and keeps what its writer meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.ml.text.reading.encodings import undo_encodings


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("I don&#39;t &amp; won&rsquo;t", "I don't & won\u2019t"),
        ("I don&amp;#39;t", "I don't"),
        ("&lt;3 you", "<3 you"),
        ("fish & chips, AT&T", "fish & chips, AT&T"),
        ("I%20am%20so%20happy", "I am so happy"),
        ("I+am+so+sad%21", "I am so sad!"),
        ("I don%27t know", "I don't know"),
        ("a caf%C3%A9 with %F0%9F%98%AD", "a café with 😭"),
        ("I gave 100%25 today", "I gave 100%25 today"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
        ("only %20 of us", "only   of us"),
        ("broken %C3%28 here", "broken %C3%28 here"),
        (r"I\u2019m sad \ud83d\ude22", "I\u2019m sad 😢"),
        (r"so sad \U0001F622", "so sad 😢"),
        (r"\U99999999", " "),
        (r"caf\xc3\xa9", "café"),
        (r"one\ntwo\tthree \"four\"", 'one two three "four"'),
        (r"C:\new\table", r"C:\new\table"),
        ("I donâ€™t know, cafÃ©", "I don\u2019t know, café"),
        ("ðŸ˜\xad today", "😭 today"),
        ("déjà vu, São Paulo, Ça va", "déjà vu, São Paulo, Ça va"),
    ],
)
def test_encodings_are_undone(sent: str, read: str) -> None:
    """Entities, also doubled, percent and backslash escapes, and UTF-8 read as something else."""
    assert undo_encodings(sent) == read


@given(st.text(st.characters(codec=None)))
def test_every_text_is_accepted(text: str) -> None:
    """Lone surrogates and control characters too."""
    assert isinstance(undo_encodings(text), str)


@given(
    st.lists(
        st.sampled_from(["&", "#", "%", "\\", "u", "x", "U", "41", "c3", ";", "Ã", "©", "\ud83d"])
    )
)
def test_every_row_of_signs_is_accepted(signs: list[str]) -> None:
    """Halves of escapes raise nothing."""
    undo_encodings("".join(signs))
