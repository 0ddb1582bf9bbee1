"""The encoding of a short file is right, or asked about."""

import pytest

from emojify_core.batches.reading.legacy_encodings import guess_legacy, is_doubtful

GERMAN = "Ich fühlte mich schön und für dich"
FRENCH = "J'étais très fière, ça va où"
RUSSIAN = "Я был очень рад, когда сдал экзамен"
POLISH = "Byłem bardzo szczęśliwy, gdy zdałem egzamin"
SURE = {
    "cp1252": (
        GERMAN,
        FRENCH,
        "El niño está feliz, ¿qué pasó?",
        "não sei porquê",
        "I don’t – “so”",
    ),
    "cp1251": (RUSSIAN, "мне грустно сегодня"),
    "koi8_r": (RUSSIAN,),
    "cp866": (RUSSIAN,),
    "cp1253": ("Ήμουν πολύ χαρούμενος σήμερα",),
    "mac_roman": (GERMAN, FRENCH),
    "cp850": (GERMAN, "está feliz el niño"),
}
ASKED = {
    "cp1250": (POLISH, "Měl jsem velkou radost, že přišel", "Nagyon örültem, hogy győztünk"),
    "iso8859_2": (POLISH,),
    "cp1254": ("Çok mutluyum, şimdi ağladım",),
    "iso8859_15": ("schön, 5 €",),
}


def table(text: str, encoding: str) -> bytes:
    """Return a short table with this text."""
    return b"id,text\n1," + text.encode(encoding) + b"\n"


@pytest.mark.parametrize("encoding", SURE)
def test_an_encoding_whose_letters_fit_is_found(encoding: str) -> None:
    """It needs no question."""
    for text in SURE[encoding]:
        content = table(text, encoding)
        found = guess_legacy(content)
        assert content.decode(found) == content.decode(encoding)
        assert not is_doubtful(content, found)


@pytest.mark.parametrize("encoding", ASKED)
def test_an_encoding_that_others_fit_as_well_is_asked_about(encoding: str) -> None:
    """Whatever is guessed may be wrong."""
    for text in ASKED[encoding]:
        content = table(text, encoding)
        assert is_doubtful(content, guess_legacy(content))
