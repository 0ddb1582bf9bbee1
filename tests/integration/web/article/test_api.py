"""`POST /update`, the article's route for corrections."""

import pytest
from flask.testing import FlaskClient

from emojify_core.labels import LABELS
from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem, parse_as
from web.article.schemas import UpdateText


@pytest.mark.parametrize("value", [*map(str, range(7)), *LABELS])
def test_update_takes_a_label_by_number_or_name(
    visitor: FlaskClient, storage: Storage, value: str
) -> None:
    """The correction is stored like any other; the answer is a sentence."""
    form = {"sentence": f"Nobody told me about {value}.", "dropdown_value": value}
    response = visitor.post("/update", data=form)
    assert response.status_code == 200
    assert parse_as(response, UpdateText).update_text.startswith("Thank you.")
    (newest,) = storage.corrections.page(limit=1)
    label = LABELS[int(value)] if value.isdecimal() else value
    assert (newest.text, newest.label, newest.state) == (form["sentence"], label, "queued")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "sentence"),
        ({"sentence": "  ", "dropdown_value": "1"}, "sentence"),
        ({"sentence": "a\0b", "dropdown_value": "1"}, "sentence"),
        ({"sentence": "Oh no."}, "dropdown_value"),
        ({"sentence": "Oh no.", "dropdown_value": "7"}, "dropdown_value"),
        ({"sentence": "Oh no.", "dropdown_value": "-1"}, "dropdown_value"),
        ({"sentence": "Oh no.", "dropdown_value": "²"}, "dropdown_value"),
    ],
)
def test_update_names_the_invalid_field(
    visitor: FlaskClient, form: dict[str, str], field: str
) -> None:
    """No cookie is set."""
    response = visitor.post("/update", data=form)
    assert_problem(response, 422, field)
    assert "Set-Cookie" not in response.headers
