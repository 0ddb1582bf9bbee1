"""What a prediction may cost a worker, known before it is paid."""

from collections.abc import Iterable

from emojify_core.limits import MIN_TEXT_TOKENS
from emojify_core.tokenizer import token_limit


def request_tokens(texts: Iterable[str]) -> int:
    """Return how many tokens a request counts: those that the model reads of its texts at most.

    Each text has a least count, for its answer, which Redis keeps for ten minutes.
    """
    return sum(max(MIN_TEXT_TOKENS, token_limit(text)) for text in texts)
