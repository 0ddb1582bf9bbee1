"""Hashtags are read as the words in them."""

import pytest

from emojify_core.ml.text.reading.hashtags import split_hashtags
from emojify_core.ml.text.vocabulary import Vocabulary

WORDS = Vocabulary(["i", "so", "a", "happy", "no", "filter", "best", "day", "ever", "be", "st"])


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("#SoHappy", "So Happy"),
        ("#sohappy today", "so happy today"),
        ("#nofilter #bestdayever", "no filter best day ever"),
        ("#best_day", "best day"),
        ("#BestDay2021", "Best Day 2021"),
        ("#NASA", "NASA"),
        ("#qzx", "qzx"),
        ("#\u00c9t\u00e9", "\u00c9t\u00e9"),
        ("#1 and # alone, a#b, &#39;", "#1 and # alone, a#b, &#39;"),
        ("no tag", "no tag"),
    ],
)
def test_a_hashtag_is_its_words(sent: str, read: str) -> None:
    """Capitals, underscores, or known words tell where one ends."""
    assert " ".join(split_hashtags(sent, WORDS.rank).split()) == read


def test_only_the_first_hashtags_of_a_text_are_split() -> None:
    """Each costs some hundred look-ups."""
    assert split_hashtags("#sohappy " * 12, WORDS.rank).count("#") == 2
