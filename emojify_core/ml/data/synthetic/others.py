"""What somebody else feels, and why: it is an emotion in the text all the same."""

import random
from typing import Final

from emojify_core.labels import LABELS
from emojify_core.ml.data.synthetic.people import context, feeling, somebody
from emojify_core.ml.data.synthetic.sentences import capitalised, draw, grouped, lines
from emojify_core.ml.data.synthetic.targets import CLEAR, TOLD, Example, Sources, one_hot
from emojify_core.ml.data.synthetic.typing_slips import varied

_PRESENT: Final = {"is": "was", "are": "were"}  # the reasons are told in the past


def others_feeling(source: random.Random, _: Sources) -> Example:
    """Return a sentence about the feeling of somebody other than the writer."""
    emotion = draw(source, LABELS)
    kind, _tab, template = draw(source, lines("others.tsv")).partition("\t")
    subject = somebody(source, other=True)
    was = _PRESENT.get(subject.was, subject.was) if "{r}" in template else subject.was
    text = template.format(
        s=subject.who,
        was=was,
        w=feeling(source, emotion, kind),
        r=draw(source, grouped("reasons.tsv")[emotion]),
        c=context(source),
    )
    return Example(varied(capitalised(text), source), one_hot(emotion, TOLD), CLEAR)
