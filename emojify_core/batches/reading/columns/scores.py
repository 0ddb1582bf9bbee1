"""Score each column by how its cells read, to find the one that holds the texts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean

from emojify_core.batches.reading.columns.cell_kinds import Kind, count_words, kind_of
from emojify_core.batches.reading.columns.name_words import TEXT_NAMES, name_weight
from emojify_core.batches.reading.report import Candidate
from emojify_core.limits import READING_SAMPLE

_ENOUGH_WORDS = 6  # a cell with as many is a text, whatever it says
_EXAMINED = 2_000  # characters of a cell
_SAMPLES = 3
_NAME_SHARE = 0.4  # of what a text counts, a name counts this much
_NEAR = 0.6  # of the best: a runner-up that reaches it makes the choice unsure
_LEAST = 0.005  # a column that scores less holds no texts


def candidates(samples: Mapping[str, Sequence[str]]) -> list[Candidate]:
    """Return the columns that may hold the texts, the likeliest first.

    `samples` holds cells of each column by its unique name, in the file's order.
    """
    found = [
        _examine(number, name, cells) for number, (name, cells) in enumerate(samples.items(), 1)
    ]
    if all(each.score < _LEAST for each in found):
        found = [each for each in found if each.column.strip().lower() in TEXT_NAMES]
    else:
        found = [each for each in found if each.score >= _LEAST]
    return sorted(found, key=lambda each: -each.score)


def is_near(found: Sequence[Candidate]) -> bool:
    """Tell whether the runner-up is nearly as likely as the first."""
    return len(found) > 1 and found[1].score >= _NEAR * found[0].score


def _examine(number: int, name: str, cells: Sequence[str]) -> Candidate:
    taken = cells[:READING_SAMPLE]
    shorn = [cell[:_EXAMINED] for cell in taken]
    kinds = [kind_of(cell) for cell in shorn]
    texts = [
        cell for cell, kind in zip(shorn, kinds, strict=True) if kind in {Kind.TEXT, Kind.NAME}
    ]
    weights = [
        min(1.0, count_words(cell) / _ENOUGH_WORDS) * (_NAME_SHARE if kind is Kind.NAME else 1)
        for cell, kind in zip(shorn, kinds, strict=True)
        if kind in {Kind.TEXT, Kind.NAME}
    ]
    filled = sum(kind is not Kind.BLANK for kind in kinds)
    if not texts:
        return Candidate(name, number, 0.0, _without_texts(kinds), _show(taken))
    reads = sum(weights) / filled
    fill = len(texts) / max(1, len(taken))
    distinct = len(set(texts)) / len(texts)
    # A sentence that every row repeats is a consent or a reply from a template.
    score = reads * (fill * distinct) ** 0.5
    if len(texts) > 1 and len(set(texts)) == 1:
        score *= 0.2
    score *= name_weight(name)
    return Candidate(name, number, round(score, 4), _reason(name, texts, distinct), _show(texts))


def _reason(name: str, texts: Sequence[str], distinct: float) -> str:
    words = fmean(map(count_words, texts))
    parts = [f"its cells have {words:.1f} words on average"]
    if len(texts) > 1:
        parts.append("every cell differs" if distinct == 1 else f"{distinct:.0%} of them differ")
    weight = name_weight(name)
    if weight > 1:
        parts.append("its name says that it holds texts")
    elif weight < 1:
        parts.append("its name says that it holds something else")
    return ", ".join(parts)


def _without_texts(kinds: Sequence[Kind]) -> str:
    words = {Kind.BLANK: "blank", Kind.NUMBER: "numbers", Kind.ADDRESS: "addresses"}
    most = Counter(kinds).most_common(1)
    return f"its cells are {words.get(most[0][0], 'no texts')}" if most else "it has no cells"


def _show(cells: Sequence[str]) -> tuple[str, ...]:
    shown = dict.fromkeys(cell for cell in cells if cell.strip())
    return tuple(cell[:200] for cell in list(shown)[:_SAMPLES])
