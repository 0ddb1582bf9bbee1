"""The seven emotions, in the order every probability vector and class number uses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Emotion:
    """One class of the model: its name, the emoji that stands for it and a word for people."""

    name: str
    emoji: str
    title: str


# PsychExp's order, which is also the numbering of the article's `dropdown_value` (0..6).
EMOTIONS: tuple[Emotion, ...] = (
    Emotion("joy", "😄", "Joy"),
    Emotion("fear", "😨", "Fear"),
    Emotion("anger", "😠", "Anger"),
    Emotion("sadness", "😢", "Sadness"),
    Emotion("disgust", "🤢", "Disgust"),
    Emotion("shame", "😳", "Shame"),
    Emotion("guilt", "😔", "Guilt"),
)

EMOTION_OF: dict[str, Emotion] = {emotion.name: emotion for emotion in EMOTIONS}
LABELS: tuple[str, ...] = tuple(EMOTION_OF)
