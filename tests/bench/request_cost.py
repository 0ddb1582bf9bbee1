"""The worker's processor time for the costliest prediction requests; prints a table."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from emojify_core.limits import MAX_CHARACTERS, MAX_REQUEST_CHARACTERS, MAX_REQUEST_TOKENS
from emojify_core.ml.inference.answers import answer_texts
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED

UNITS = ("㎏!", "㎏", "\ufdfa", "😀", "😀\u200d", "Ⅷ.", "! ? ", "a.", "e\u0301", "happy ")
TRIES = 7  # of which the lowest counts: other processes only add to it


def main() -> None:
    """Measure requests with as many characters as one may have, as a worker answers them."""
    predictor = Predictor.load(SHIPPED)
    print("40 texts of | processor time, s")
    for unit in UNITS:
        texts = [(unit * MAX_CHARACTERS)[:MAX_CHARACTERS]]
        texts *= MAX_REQUEST_CHARACTERS // MAX_CHARACTERS
        lowest = min(seconds(predictor, texts) for _ in range(TRIES))
        print(f"{unit!a:>14} | {lowest:.2f}")


def seconds(predictor: Predictor, texts: list[str]) -> float:
    """Return the processor time of all threads for one request."""
    start = time.process_time()
    answer_texts(predictor, texts, max_words=MAX_REQUEST_TOKENS)
    return time.process_time() - start


if __name__ == "__main__":
    main()
