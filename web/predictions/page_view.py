"""What the Try page shows of a prediction."""

import secrets
from typing import Any

from emojify_core.labels import EMOTION_OF, EMOTIONS
from emojify_core.messages import FINAL_STATES
from web.predictions.explanations import Part, shaded_parts, shaded_words
from web.text_catalog import TextCatalog


def prediction_view(prediction: dict[str, Any], text: str, say: TextCatalog) -> dict[str, Any]:
    """Return the template's values: a result, a problem, or the id to ask for again."""
    result = prediction["result"]
    shown = {
        "result": result,
        "shown": _shown(prediction),
        "problem": prediction["error"] and prediction["error"]["message"],
        "pending": prediction["state"] not in FINAL_STATES,
        "prediction_id": prediction["id"],
        "key": secrets.token_urlsafe(16),  # a correction that is sent twice is stored once
    }
    if result:
        likelihood = result["probabilities"]
        shown["candidates"] = sorted(EMOTIONS, key=lambda emotion: -likelihood[emotion.name])
        if text and result["explanation"] is not None:
            shown |= _explanation(result, text, say)
    return shown


def _explanation(result: dict[str, Any], text: str, say: TextCatalog) -> dict[str, Any]:
    """Return the text with its shaded words, and a sentence that says the same."""
    words = [say("try.word", word=word) for word in shaded_words(text, result["explanation"])]
    if not result["understood"]:
        return {"parts": [Part(text, 0)], "words": say("try.no_known_word")}
    title = EMOTION_OF[result["label"]].title
    name = "try.words_if_any" if result["none"] else "try.words"
    sentence = say(name, label=title, words=say("try.between").join(words))
    return {
        "parts": list(shaded_parts(text, result["explanation"])),
        "words": sentence if words else say("try.no_word"),
    }


def _shown(prediction: dict[str, Any]) -> str:
    """Return what the card shows: one of the states of the script `answer.js`."""
    result = prediction["result"]
    if not result:
        pending = prediction["state"] not in FINAL_STATES
        return "problem" if prediction["error"] else "pending" if pending else "empty"
    if not result["understood"]:
        return "unread"
    if result["none"]:
        return "none"
    return "sure" if result["confident"] else "unsure"
