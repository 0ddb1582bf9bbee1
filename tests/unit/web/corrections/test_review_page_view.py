"""What the table of the review queue shows of the model's answer."""

from dataclasses import fields
from typing import Any

import pytest

from emojify_core.answer import Answer
from emojify_core.labels import EMOTION_OF, NO_EMOTION
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.corrections.review_records import Voices
from support.batch_files import answer, silent
from web.corrections.review_page_view import row
from web.corrections.review_service import ReviewItem
from web.text_catalog import load_catalog

UNSET: dict[str, Any] = dict.fromkeys(field.name for field in fields(Correction))
WAITING = Correction(**UNSET | {"client": "cookie:a", "label": "joy"})


@pytest.mark.parametrize(
    ("prediction", "shown"),
    [
        (answer(1, 0.9), (EMOTION_OF["fear"], "90%", True)),
        (silent(1), (NO_EMOTION, None, True)),
        (None, (None, None, True)),
    ],
    ids=["an emotion", "no clear emotion", "no worker"],
)
def test_the_model_s_answer_is_shown_as_on_the_first_page(
    prediction: Answer | None, shown: tuple[object, ...]
) -> None:
    """Silence is no doubt about a label, and needs no share."""
    found = row(ReviewItem(WAITING, prediction, Voices(1, 0)), load_catalog())
    assert (found.predicted, found.share, found.confident) == shown
