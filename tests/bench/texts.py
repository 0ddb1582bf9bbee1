"""The sentences of the benchmarks: the starter set, which every machine has."""

from itertools import cycle, islice

from emojify_core.ml.data.starter_set import load_starter


def sentences(count: int) -> list[str]:
    """Return this many sentences; the set repeats."""
    texts, _ = load_starter()
    return list(islice(cycle(texts), count))
