"""The sentences the bench asks about: the starter set, so that any machine asks the same."""

from itertools import cycle, islice

from emojify_core.ml.data.starter_set import load_starter


def sentences(count: int) -> list[str]:
    """Return so many sentences, repeating the set as often as needed."""
    texts, _ = load_starter()
    return list(islice(cycle(texts), count))
