"""Which texts are accepted: one rule for the API, the tasks, files and the command line."""

from dataclasses import dataclass

from emojify_core.limits import MAX_CHARACTERS


@dataclass(frozen=True, slots=True)
class TextProblem:
    """Why a text cannot be answered: a stable code and a message for people."""

    code: str
    message: str


def check_text(text: str) -> TextProblem | None:
    """Return a text's problem, or None if it can be answered."""
    if not text.strip():
        return TextProblem("blank", "Write at least one word.")
    if len(text) > MAX_CHARACTERS:
        return TextProblem(
            "too_long",
            f"A text may have {MAX_CHARACTERS:,} characters; this one has {len(text):,}.",
        )
    try:
        text.encode()
    except UnicodeEncodeError:
        return TextProblem(
            "not_unicode",
            "The text holds half of a surrogate pair, which is not a character. Send valid UTF-8.",
        )
    return None
