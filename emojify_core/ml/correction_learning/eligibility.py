"""Which texts a model can learn at all."""

from string import punctuation
from typing import Final

from emojify_core.ml.text.vocabulary import UNKNOWN, Vocabulary
from emojify_core.tokenizer import tokenize

MOST_WORDS: Final = 400  # the time of a step grows with them
SIGNS: Final = frozenset(punctuation)


def why_unlearnable(text: str, vocabulary: Vocabulary) -> str | None:
    """Say, for people, why this text cannot be learned; None if it can be tried.

    A vocabulary takes in no new words, and a text without known words looks to the model like
    every other one. Signs beside unknown words do not help; a text of signs alone, ":)", counts.
    """
    tokens = tokenize(text)
    numbers = vocabulary.ids(tokens)
    if len(numbers) > MOST_WORDS:
        return f"The text has more than {MOST_WORDS} words; correct the sentence that matters."
    words = [at for at, token in zip(numbers, tokens, strict=True) if not SIGNS.issuperset(token)]
    if all(number == UNKNOWN for number in words or numbers):
        return "The model knows none of the text's words, and it cannot learn new ones."
    return None
