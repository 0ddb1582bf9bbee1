"""A symbol or two of each emotion, for tests of texts made for training."""

from dataclasses import dataclass

from emojify_core.labels import EMOTIONS


@dataclass(frozen=True, slots=True)
class Kind:
    """Symbols of one meaning."""

    emotion: str
    forms: tuple[str, ...]


KINDS = (
    *(Kind(emotion.name, (emotion.emoji,)) for emotion in EMOTIONS),
    Kind("joy", ("lol",)),
    Kind("sadness", (":(",)),
    Kind("none", ("\N{THINKING FACE}", "idk")),
)
