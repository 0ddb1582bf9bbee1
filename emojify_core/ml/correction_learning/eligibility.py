"""Which texts a model can learn at all."""

from string import punctuation
from typing import Final

from emojify_core.limits import MAX_CORRECTION_WORDS
from emojify_core.ml.text.reading.groups import GROUP
from emojify_core.ml.text.reading.reader import Reader
from emojify_core.ml.text.vocabulary import UNKNOWN

PUNCTUATION: Final = frozenset(punctuation)


def why_unlearnable(text: str, reader: Reader) -> str | None:
    """Return the reason, for people, why this text cannot be learned; None if it can be tried.

    The vocabulary is fixed, and all texts without known words look the same to the model.
    Punctuation beside unknown words does not help; a text of punctuation alone, ":)", does count.
    """
    tokens = reader.tokens(text)
    ids = reader.vocabulary.ids(tokens)
    if len(ids) > MAX_CORRECTION_WORDS:
        return (
            f"The text has more than {MAX_CORRECTION_WORDS} words; correct the sentence that "
            "matters."
        )
    words = [
        word
        for word, token in zip(ids, tokens, strict=True)
        if token != GROUP and not PUNCTUATION.issuperset(token)
    ]
    if GROUP in tokens and all(word == UNKNOWN for word in words):
        return "Words for groups of people carry no emotion of their own; correct a whole sentence."
    if all(word == UNKNOWN for word in words or ids):
        return "The model knows none of the text's words, and it cannot learn new ones."
    return None
