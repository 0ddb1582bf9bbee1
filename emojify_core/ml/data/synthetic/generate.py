"""Makes the texts: the same seed gives the same ones on every machine."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from emojify_core.ml.data.synthetic.buried import buried
from emojify_core.ml.data.synthetic.denials import denial
from emojify_core.ml.data.synthetic.groups import group
from emojify_core.ml.data.synthetic.irony import irony
from emojify_core.ml.data.synthetic.others import others_feeling
from emojify_core.ml.data.synthetic.plain import plain
from emojify_core.ml.data.synthetic.symbols import symbol_alone, symbol_plain, symbol_row
from emojify_core.ml.data.synthetic.targets import Example, Sources
from emojify_core.ml.data.synthetic.typing_styles import typed_copy

Kind = Callable[[random.Random, Sources], Example]

# The share of each kind; they add up to 1.
SHARES: Final[tuple[tuple[Kind, float], ...]] = (
    (plain, 0.25),
    (symbol_alone, 0.09),
    (symbol_plain, 0.09),
    (symbol_row, 0.10),
    (denial, 0.13),
    (buried, 0.11),
    (group, 0.09),
    (irony, 0.05),
    (others_feeling, 0.05),
    (typed_copy, 0.04),
)


def generate(
    sources: Sources, rare_words: Sequence[str], count: int, seed: int = 0
) -> Iterator[Example]:
    """Yield `count` texts made of this project's sentences and of training rows.

    `rare_words` stand for groups of people that no list names. `sources.emotional` has a row.
    """
    sources = replace(sources, rare_words=rare_words)
    source = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for _ in range(count):
        yield _kind(source.random())(source, sources)


def _kind(dice: float) -> Kind:
    for kind, share in SHARES:
        if dice < share:
            return kind
        dice -= share
    return SHARES[-1][0]  # the shares' sum may fall short of 1 by a rounding
