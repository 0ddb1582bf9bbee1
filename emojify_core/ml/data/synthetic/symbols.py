"""Emoji, emoticons and chat words: alone, after plain sentences, with rows that agree or do not."""

import random
from typing import Final

from emojify_core.labels import LABELS
from emojify_core.ml.data.synthetic import targets
from emojify_core.ml.data.synthetic.plain import neutral_line
from emojify_core.ml.data.synthetic.sentences import between, draw, lines
from emojify_core.ml.data.synthetic.targets import Example, Sources, mixed, one_hot, silent

_NONE: Final = "none"
_NEUTRAL_ALONE: Final = 0.15
_NEUTRAL_AFTER_PLAIN: Final = 0.35
_NEUTRAL_AFTER_ROW: Final = 0.15
_CONTRADICTING: Final = 0.15
_AROUND: Final = 0.5  # stand beside a few words
_FIRST: Final = 0.2  # stand before a row
_ONCE: Final = 0.7  # are typed once, the others again and again
_MOST_COPIES: Final = 4


def symbol_alone(source: random.Random, rows: Sources) -> Example:
    """Return symbols of one emotion, or of none, alone or beside a few words."""
    neutral = source.random() < _NEUTRAL_ALONE
    emotion = _NONE if neutral else draw(source, LABELS)
    forms = [_form(emotion, source, rows) for _ in range(between(source, 1, 3))]
    text = " ".join(_typed(form, source) for form in forms)
    if source.random() < _AROUND:
        around = draw(source, lines("around.txt"))
        text = f"{text} {around}" if source.random() < _FIRST else f"{around} {text}"
    if neutral:
        return silent(text)
    weak = emotion == "joy" and all(form.isalpha() for form in forms)
    emotional = targets.CHAT_WORD_ALONE if weak else targets.SYMBOL_ALONE
    return Example(text, one_hot(emotion), emotional)


def symbol_plain(source: random.Random, rows: Sources) -> Example:
    """Return a plain sentence with a symbol: the symbol decides."""
    text = neutral_line(source, rows.neutral).rstrip(".")
    if source.random() < _NEUTRAL_AFTER_PLAIN:
        return silent(f"{text} {_typed(_form(_NONE, source, rows), source)}")
    emotion = draw(source, LABELS)
    text = f"{text} {_typed(_form(emotion, source, rows), source)}"
    smiley = emotion == "joy"
    emotional = targets.SMILEY_AFTER_PLAIN if smiley else targets.SYMBOL_AFTER_PLAIN
    return Example(text, one_hot(emotion, targets.AFTER_PLAIN), emotional)


def symbol_row(source: random.Random, rows: Sources) -> Example:
    """Return a training row with a symbol: of its emotion, of none, or of another one."""
    row = draw(source, rows.emotional)
    label = LABELS[int(row.target.argmax())]
    dice = source.random()
    if dice < _NEUTRAL_AFTER_ROW:
        return Example(
            _beside(row.text, _form(_NONE, source, rows), source), row.target, row.emotional
        )
    if dice < _NEUTRAL_AFTER_ROW + _CONTRADICTING:
        other = draw(source, [each for each in LABELS if each != label])
        form = _form(other, source, rows)
        chat = form.isalpha()
        weight = targets.CONTRADICTING_CHAT_WORD if chat else targets.CONTRADICTING_SYMBOL
        target = mixed(row.target, one_hot(other), weight)
        return Example(_beside(row.text, form, source), target, row.emotional)
    text = _beside(row.text, _form(label, source, rows), source)
    return Example(text, mixed(row.target, one_hot(label), 0.5), targets.CLEAR)


def _beside(text: str, form: str, source: random.Random) -> str:
    typed = _typed(form, source)
    return f"{typed} {text}" if source.random() < _FIRST else f"{text} {typed}"


def _form(emotion: str, source: random.Random, rows: Sources) -> str:
    kinds = [kind for kind in rows.symbols if kind.emotion == emotion]
    return draw(source, draw(source, kinds).forms)


def _typed(form: str, source: random.Random) -> str:
    """Repeat an emoji, or the last bracket of an emoticon, as some people do."""
    if source.random() < _ONCE:
        return form
    copies = between(source, 2, _MOST_COPIES)
    if len(form.rstrip("\ufe0f")) == 1 and not form.isascii():
        return form * copies
    return form + form[-1] * (copies - 1) if form[-1] in ")(" else form
