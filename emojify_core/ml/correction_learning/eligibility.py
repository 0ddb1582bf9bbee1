"""Which texts a model can learn at all."""

from string import punctuation
from typing import Final

from emojify_core.limits import MAX_CORRECTION_WORDS
from emojify_core.ml.text.vocabulary import UNKNOWN, Vocabulary
from emojify_core.tokenizer import token_limit, tokenize

PUNCTUATION: Final = frozenset(punctuation)


def why_unlearnable(text: str, vocabulary: Vocabulary) -> str | None:
    """Return the reason, for people, why this text cannot be learned; None if it can be tried.

    The vocabulary is fixed, and all texts without known words look the same to the model.
    Punctuation beside unknown words does not help; a text of punctuation alone, ":)", does count.
    """
    tokens = tokenize(text)[: token_limit(text)]
    ids = vocabulary.ids(tokens)
    if len(ids) > MAX_CORRECTION_WORDS:
        return (
            f"The text has more than {MAX_CORRECTION_WORDS} words; correct the sentence that "
            "matters."
        )
    words = [
        word for word, token in zip(ids, tokens, strict=True) if not PUNCTUATION.issuperset(token)
    ]
    if all(word == UNKNOWN for word in words or ids):
        return "The model knows none of the text's words, and it cannot learn new ones."
    return None
