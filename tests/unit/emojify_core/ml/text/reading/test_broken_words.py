"""Words that programs broke are read whole; words that people write stay."""

import pytest

from emojify_core.ml.text.reading.broken_words import mend_words

KNOWN = {"embarrassed", "i", "am", "so", "co", "worker", "coworker", "pre", "and", "well", "known"}


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("I am so embar- rassed", "I am so embarrassed"),
        ("so Embar-\nrassed.", "so Embarrassed."),
        ("I am\u200bso\u200b\u200bembarrassed", "I am so embarrassed"),
        ("a co- worker", "a co- worker"),
        ("pre- and postwar", "pre- and postwar"),
        ("well- known - so", "well- known - so"),
        ("so \u200band\u200b", "so \u200band\u200b"),
        ("embar-  \n  rassed", "embar-  \n  rassed"),
    ],
)
def test_broken_words_are_mended(sent: str, read: str) -> None:
    """A cut word is joined if it is known and its parts are not."""
    assert mend_words(sent, KNOWN) == read
