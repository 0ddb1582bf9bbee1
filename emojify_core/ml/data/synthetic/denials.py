"""Feelings denied, denied and replaced by another, and affirmed by words of denial."""

import random
from typing import Final

from emojify_core.labels import LABELS
from emojify_core.ml.data.synthetic.negated_rows import negated_row
from emojify_core.ml.data.synthetic.people import context, feeling, somebody
from emojify_core.ml.data.synthetic.plain import neutral_line
from emojify_core.ml.data.synthetic.sentences import capitalised, draw, grouped, lines
from emojify_core.ml.data.synthetic.targets import CLEAR, Example, Sources, denied, one_hot
from emojify_core.ml.data.synthetic.typing_slips import varied

# Of the texts of this module; the rest deny.
_CORRECTED: Final = 0.15
_AFFIRMED: Final = 0.25
_DOUBLE: Final = 0.08
_ROWS: Final = 0.12
_IN_COMPANY: Final = 0.25  # of the denials stand beside a plain sentence


def denial(source: random.Random, rows: Sources) -> Example:
    """Return a denial of one emotion, or what only looks like one."""
    dice = source.random()
    if dice < _CORRECTED:
        return _corrected(source)
    if dice < _CORRECTED + _AFFIRMED:
        return _affirmed(source)
    if dice < _CORRECTED + _AFFIRMED + _DOUBLE:
        return _double(source)
    row = negated_row(source, rows) if source.random() < _ROWS else None
    return row or _denied(source, rows)


def _denied(source: random.Random, rows: Sources) -> Example:
    emotion = draw(source, LABELS)
    text = _filled(source, "denials.tsv", emotion)
    if source.random() < _IN_COMPANY:
        beside = neutral_line(source, rows.neutral)
        text = f"{beside} {text}" if source.random() < 0.5 else f"{text} {beside}"  # noqa: PLR2004
    target, emotional = denied(emotion)
    return Example(text, target, emotional)


def _affirmed(source: random.Random) -> Example:
    emotion = draw(source, LABELS)
    return Example(_filled(source, "affirmations.tsv", emotion), one_hot(emotion), CLEAR)


def _double(source: random.Random) -> Example:
    emotion = draw(source, LABELS)
    text = draw(source, grouped("double_negations.tsv")[emotion])
    return Example(varied(capitalised(text), source), one_hot(emotion), CLEAR)


def _corrected(source: random.Random) -> Example:
    """Return "not angry, just sad": the stated feeling counts."""
    emotion = draw(source, LABELS)
    other = draw(source, [label for label in LABELS if label != emotion])
    subject = somebody(source)
    text = draw(source, lines("corrected_denials.txt")).format(
        s=subject.who,
        was=subject.was,
        wasnt=subject.wasnt,
        w=feeling(source, emotion, "adjective"),
        o=feeling(source, other, "adjective"),
        c=context(source),
    )
    return Example(varied(capitalised(text), source), one_hot(other), CLEAR)


def _filled(source: random.Random, name: str, emotion: str) -> str:
    templates = lines(name)
    kind, _, template = draw(source, templates).partition("\t")
    subject = somebody(source)
    text = template.format(
        s=subject.who,
        was=subject.was,
        wasnt=subject.wasnt,
        w=feeling(source, emotion, kind),
        c=context(source),
    )
    return varied(capitalised(text), source)
