"""Cheerful words about something bad, and the same words about something good.

Both share their beginnings, so only what follows tells joy from irony.
"""

import random
from typing import Final

from emojify_core.ml.data.synthetic.sentences import draw, grouped, lines
from emojify_core.ml.data.synthetic.targets import CLEAR, IRONIC, Example, Sources, ironic, one_hot
from emojify_core.ml.data.synthetic.typing_slips import varied

_SINCERE: Final = 0.5
_WHOLE: Final = 0.15  # sentences that no opener and situation make
_PERSONAL: Final = 0.15  # the bare situation, so that it is known without the opener
_ENDS: Final = (".", ".", "!", "...", "", "!!")


def irony(source: random.Random, _: Sources) -> Example:
    """Return praise: sincere or ironic."""
    if source.random() < _SINCERE:
        return _made(source, "joy")
    if source.random() < _WHOLE:
        emotion, _tab, text = draw(source, lines("ironic.tsv")).partition("\t")
        return Example(varied(text, source), ironic(emotion), IRONIC)
    bad = [line.split("\t")[0] for line in lines("situations.tsv")]
    return _made(source, draw(source, [emotion for emotion in bad if emotion != "joy"]))


def _made(source: random.Random, emotion: str) -> Example:
    situations = grouped("situations.tsv")
    form = draw(source, [key.split("\t")[1] for key in situations if key.startswith(emotion)])
    situation = draw(source, situations[f"{emotion}\t{form}"])
    target = one_hot("joy") if emotion == "joy" else ironic(emotion)
    emotional = CLEAR if emotion == "joy" else IRONIC
    if form == "clause" and source.random() < _PERSONAL:
        text = situation[0].upper() + situation[1:] + draw(source, _ENDS)
        return Example(varied(text, source), target, IRONIC)
    openers = grouped("openers.tsv")
    kinds = ("sincere",) if emotion == "joy" else ("sincere", "sincere", "wry")
    opener = draw(source, openers[f"{form}\t{draw(source, kinds)}"])
    text = opener.replace("{x}", situation) + draw(source, _ENDS)
    return Example(varied(text, source), target, emotional)
