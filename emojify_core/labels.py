"""The seven emotions, in the order of every probability vector and class number."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Emotion:
    """One class of the model: its name, its emoji and its title for people."""

    name: str
    emoji: str
    title: str


# PsychExp's order; the article's `dropdown_value` (0 to 6) numbers the labels the same way.
EMOTIONS: tuple[Emotion, ...] = (
    Emotion("joy", "😄", "Joy"),
    Emotion("fear", "😨", "Fear"),
    Emotion("anger", "😠", "Anger"),
    Emotion("sadness", "😢", "Sadness"),
    Emotion("disgust", "🤢", "Disgust"),
    Emotion("shame", "😳", "Shame"),
    Emotion("guilt", "😔", "Guilt"),
)

# What people see of a text without a clear emotion: no class of the model, and no label.
NO_EMOTION = Emotion("none", "😐", "No clear emotion")

EMOTION_OF: dict[str, Emotion] = {emotion.name: emotion for emotion in EMOTIONS}
LABELS: tuple[str, ...] = tuple(EMOTION_OF)
