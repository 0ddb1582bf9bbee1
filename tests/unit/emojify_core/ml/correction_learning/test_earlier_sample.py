"""An update checks a bounded number of earlier corrections, those that it may touch first."""

from emojify_core.ml.correction_learning.earlier_sample import sample_earlier
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.text.reading.reader import Reader
from emojify_core.ml.text.vocabulary import Vocabulary

EARLIER = [LabelledText(str(number), f"ordinary words {number}", 0) for number in range(300)]
NEAR = LabelledText("near", "the zeppelin with ordinary words", 0)
NEW = [LabelledText("new", "a zeppelin", 1)]
READER = Reader(Vocabulary(["ordinary", "words"]), 1)


def test_few_earlier_corrections_are_all_checked() -> None:
    """Nothing changes for most installations."""
    assert sample_earlier(EARLIER, NEW, READER, most=300) == EARLIER


def test_many_are_sampled_and_those_with_shared_words_are_among_them() -> None:
    """The order stays, and the same update checks the same ones."""
    earlier = [*EARLIER[:150], NEAR, *EARLIER[150:]]
    chosen = sample_earlier(earlier, NEW, READER, most=20)
    assert len(chosen) == 20
    assert NEAR in chosen
    assert chosen == [one for one in earlier if one in chosen]
    assert chosen == sample_earlier(earlier, NEW, READER, most=20)


def test_common_words_do_not_push_out_rare_ones() -> None:
    """A word that all share says little; half of the sample is random anyway."""
    new = [LabelledText("new", "a zeppelin of ordinary words", 1)]
    earlier = [NEAR, *EARLIER]
    chosen = sample_earlier(earlier, new, READER, most=20)
    assert NEAR in chosen
    assert chosen != sample_earlier(
        earlier, [LabelledText("other", new[0].text, 1)], READER, most=20
    )


def test_the_model_decides_what_a_shared_word_is() -> None:
    """Two emoji of one kind move together, if the model reads them as one word."""
    crying = LabelledText("crying", "😢", 3)
    new = [LabelledText("new", "😭", 3)]
    chosen = sample_earlier([crying, *EARLIER], new, Reader(READER.vocabulary, 2), most=20)
    assert crying in chosen
    assert crying not in sample_earlier([crying, *EARLIER], new, READER, most=20)
