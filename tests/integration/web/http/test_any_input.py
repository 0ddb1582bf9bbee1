"""Generated input gets an answer or a clear error, never a server error."""

import json

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from support.hypothesis_profiles import examples
from web.http.problems import MEDIA_TYPE

RIGHT_TO_LEFT = "مرحبا بالعالم שלום"
NASTY = st.one_of(
    st.text(alphabet=st.characters(), max_size=200),
    st.sampled_from(["\x00", "a\x00b", RIGHT_TO_LEFT, "😀😀😀", "\u202e", "\ud800", "a" * 100_000]),
    st.text(alphabet="😀🤢👨‍👩‍👧\u200d\ufe0f", max_size=50),
)
FILES = {"POST /api/v1/batches"}
EXPECTED = {200, 202, 422}

# All examples share the app and the queue on purpose.
shared = settings(
    max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.hypothesis
def test_every_operation_answers_as_described(app: Flask, subtests: pytest.Subtests) -> None:
    """Valid and invalid requests get described statuses and shapes, and no 5xx but 503."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 15
    for operation in operations:
        with subtests.test(operation.label):

            @settings(max_examples=examples(30), suppress_health_check=list(HealthCheck))
            @given(case=operation.as_strategy())
            def check(case: schemathesis.Case) -> None:
                if case.meta and case.meta.generation.mode.is_positive:
                    forget_ids(case.body)
                # A description cannot say which files are readable.
                is_file = case.operation.label in FILES
                case.call_and_validate(
                    excluded_checks=[positive_data_acceptance] if is_file else []
                )

            check()


def forget_ids(body: object) -> None:
    """Remove the prediction id: a description cannot say which ids exist."""
    if isinstance(body, dict):
        body.pop("prediction_id", None)


@shared
@given(text=NASTY)
def test_any_text_is_answered_or_refused(client: FlaskClient, text: str) -> None:
    """Unicode, NULs, right-to-left text, 100,000 characters and emoji are handled."""
    answer = client.post("/api/v1/predictions", json={"text": text}, headers={"Prefer": "wait=10"})
    assert answer.status_code in EXPECTED
    if answer.status_code == 200:
        result = answer.get_json()["result"]
        assert sum(result["probabilities"].values()) == pytest.approx(1, abs=0.001)
    else:
        assert answer.mimetype == MEDIA_TYPE
        assert answer.get_json()["errors"][0]["field"] == "text"


@shared
@given(texts=st.lists(NASTY, max_size=5))
def test_any_list_gets_one_result_for_each_text(client: FlaskClient, texts: list[str]) -> None:
    """A text that cannot be answered gets its own error, in its own place."""
    answer = client.post(
        "/api/v1/predictions", json={"texts": texts}, headers={"Prefer": "wait=10"}
    )
    assert answer.status_code in EXPECTED
    if answer.status_code == 200:
        assert len(answer.get_json()["results"]) == len(texts)


@shared
@given(body=st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_problem(client: FlaskClient, body: bytes) -> None:
    """A body that is not the expected JSON gets 400 or 422."""
    answer = client.post("/api/v1/predictions", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer.mimetype == MEDIA_TYPE


@shared
@given(value=st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_any_json_is_answered_or_refused_with_a_problem(client: FlaskClient, value: object) -> None:
    """JSON of another shape gets a sentence that names the field or the fault."""
    answer = client.post(
        "/api/v1/predictions", data=json.dumps({"text": value}), content_type="application/json"
    )
    assert answer.status_code in {200, 202, 400, 422}
