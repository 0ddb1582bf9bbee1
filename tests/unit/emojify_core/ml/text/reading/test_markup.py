"""What is taken off a text because its writer did not write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.ml.text.reading.markup import (
    blank_markup,
    replace_links,
    strip_markup,
    strip_quotes,
)

BLANKED = {
    "I <b>won</b>": "I    won    ",
    "[b]I[/b] won": "   I     won",
    "a [good day](/x) it": "a  good day      it",
    "I won\n> You lost\n": "I won           ",
    "Yes\r\n> No\r\nGood": "Yes\r\n      Good",
    "Yes\n--\nTom": "Yes       ",
    "> only quoted\n> so read": "> only quoted\n> so read",
    "I <3 you": "I <3 you",
    "[12/03/2026, 10:15:02] Joy: I won": "                            I won",
}
PIECES = st.sampled_from(
    ["<b>", "</b>", "\n", "\r\n", "> ", "--", "so ", "[i]", "[so](/x)", "\x85"]
)


@pytest.mark.parametrize(("text", "blanked"), BLANKED.items())
def test_markup_and_quoted_mail_become_spaces(text: str, blanked: str) -> None:
    """All other characters keep their positions."""
    assert blank_markup(text).split() == blanked.split()
    assert len(blank_markup(text)) == len(text)
    assert [at for at, letter in enumerate(blank_markup(text)) if letter.strip()] == [
        at for at, letter in enumerate(blanked) if letter.strip()
    ]


@given(st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join))
def test_a_blanked_text_keeps_every_character_left_in_its_place(text: str) -> None:
    """Each is a space or what was typed there."""
    blanked = blank_markup(text)
    assert len(blanked) == len(text)
    assert all(new in {old, " "} for new, old in zip(blanked, text, strict=True))


@pytest.mark.parametrize("text", [text for text in BLANKED if "> only" not in text])
def test_a_blanked_text_has_the_words_that_are_read(text: str) -> None:
    """Both ways drop the same."""
    assert blank_markup(text).split() == strip_markup(strip_quotes(text)).split()


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<p>I am <b>so</b> happy</p>", "I am so happy"),
        ('<a href="https://example.org">a link</a><br/>', "a link"),
        ("<script>var sad = 1</script>fine<!-- sad -->", "fine"),
        ("I <3 you, 1 < 2 and 3 > 2", "I <3 you, 1 < 2 and 3 > 2"),
        ("<not closed", "<not closed"),
        ("[b]bold[/b] [url=https://example.org]here[/url] [sic]", "bold here [sic]"),
        ("[my day](https://example.org/day) ![cat](/cat.png)", "my day cat"),
        ("**very** *sad* __day__ `code` ~~not~~", "very sad day code not"),
        ("# My day\nit was good", "My day it was good"),
        ("snake_case_name #tag", "snake_case_name #tag"),
        ("[12/03/2026, 10:15:02] Joy: I miss my dog", "I miss my dog"),
        ("3/12/26, 9:05 PM - Mr. Glad: so sad\n3/12/26, 9:06 PM - Ann: why: ?", "so sad why: ?"),
        ("[sic] he said: go, at 10:15 - Ann: no", "[sic] he said: go, at 10:15 - Ann: no"),
    ],
)
def test_markup_is_taken_off(sent: str, read: str) -> None:
    """HTML, BBCode and Markdown."""
    assert " ".join(strip_markup(sent).split()) == read


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("I am glad.\n> I was so angry\n>> and sad", "I am glad."),
        ("> He is dead\nI am sorry.", "I am sorry."),
        ("Great news!\n\nOn Mon, 3 May 2021, Ann wrote:\n> I failed", "Great news!"),
        ("Great!\n-----Original Message-----\nI failed", "Great!"),
        ("Great!\nFrom: Ann <ann@example.org>\nI failed", "Great!"),
        ("See you\n-- \nAnn, Head of Sad Songs", "See you"),
        ("See you\nSent from my iPhone", "See you"),
        ("one\n\ntwo", "one two"),
        ("> quoted alone\n> twice", "> quoted alone > twice"),
        ("--\nnot a signature", "-- not a signature"),
        ("one line -- with a dash", "one line -- with a dash"),
    ],
)
def test_quoted_mail_and_signatures_are_taken_off(sent: str, read: str) -> None:
    """Unless there is nothing else."""
    assert " ".join(strip_quotes(sent).split()) == read


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("I miss my dog t.co/abc", "I miss my dog <url>"),
        ("see example.org/a/b?c=:( now", "see <url> now"),
        ("yes.no/maybe, and/or, 3.5/5, he.she/they", "yes.no/maybe, and/or, 3.5/5, he.she/they"),
        ("I work at example.com", "I work at example.com"),
    ],
)
def test_an_address_without_a_scheme_is_a_link(sent: str, read: str) -> None:
    """Where it has a path."""
    assert " ".join(replace_links(sent).split()) == read
