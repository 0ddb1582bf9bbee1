"""Reading `Prefer: wait`, bodies and queries, and the site that sent a form."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from web.batches.upload_schemas import UploadQuery
from web.http.limits import MAX_WAIT
from web.http.problems import Problem
from web.http.request_parsing import (
    read_json,
    read_query,
    require_same_origin,
    wait_seconds,
)
from web.predictions.schemas import PredictionRequest

APP = Flask("test")
HEADERS = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"))


@given(HEADERS)
def test_any_prefer_header_gives_a_number_of_seconds(value: str) -> None:
    """A preference is never an error (RFC 7240)."""
    with APP.test_request_context(headers={"Prefer": value}):
        assert 0 <= wait_seconds() <= MAX_WAIT


@given(
    st.integers(0, 10**20),
    st.lists(
        st.sampled_from(["respond-async", "return=minimal", 'a="b c"', "wait2=7"]), max_size=3
    ),
    st.integers(0, 3),
    st.sampled_from(["wait={}", "Wait={}", 'wait="{}"', "wait = {}", "wait={}; x=1"]),
)
def test_wait_is_found_among_other_preferences(
    seconds: int, others: list[str], place: int, form: str
) -> None:
    """Every spelling that RFC 7240 allows is read."""
    preferences = [*others[:place], form.format(seconds), *others[place:]]
    with APP.test_request_context(headers={"Prefer": ", ".join(preferences)}):
        assert wait_seconds() == min(seconds, MAX_WAIT)


def test_several_prefer_headers_count_as_one_list() -> None:
    """HTTP allows a list to be sent as several headers."""
    headers = [("Prefer", "respond-async"), ("Prefer", "wait=3")]
    with APP.test_request_context(headers=headers):
        assert wait_seconds() == 3


def test_without_prefer_the_request_does_not_wait() -> None:
    """The plain call is asynchronous."""
    with APP.test_request_context():
        assert wait_seconds() == 0


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("[]", "Send a JSON object."),
        ('{"text": "a", "texst": "b"}', "There is no such field here."),
        ('{"text": 7}', "Send a string."),
        ('{"texts": "a"}', "Send a list."),
        ('{"texts": []}', "Send a list of at least 1."),
        (f'{{"texts": [{", ".join(["7"] * 257)}]}}', "Send a list of at most 256."),
        ('{"text": " "}', "Write at least one word."),
    ],
)
def test_an_invalid_body_is_explained_in_plain_words(body: str, sentence: str) -> None:
    """The sentence says what to send, not the name of a library's check."""
    with (
        APP.test_request_context(data=body, content_type="application/json"),
        pytest.raises(Problem) as refused,
    ):
        read_json(PredictionRequest)
    assert refused.value.detail == sentence


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("format=xls", "Send 'csv', 'tsv', 'jsonl' or 'text'."),
        ("header=perhaps", "Send true or false."),
        (f"delimiter={'x' * 10}", "Send at most 9 characters."),
    ],
)
def test_an_invalid_query_is_explained_in_plain_words(query: str, sentence: str) -> None:
    """The parameters of an upload get the same sentences."""
    with APP.test_request_context(f"/?{query}"), pytest.raises(Problem) as refused:
        read_query(UploadQuery)
    assert refused.value.detail == sentence


@given(HEADERS)
def test_a_form_with_another_origin_is_refused(origin: str) -> None:
    """Malformed origins are refused too, without an error of ours."""
    with (
        APP.test_request_context(headers={"Origin": origin, "Host": "emojify.example"}),
        pytest.raises(Problem) as refused,
    ):
        require_same_origin()
    assert refused.value.status == 403


@given(HEADERS.filter(lambda site: site not in {"same-origin", "none"}))
def test_a_form_of_another_site_is_refused(site: str) -> None:
    """`Sec-Fetch-Site` decides, even when the origin is ours."""
    headers = {"Sec-Fetch-Site": site, "Origin": "http://localhost"}
    with APP.test_request_context(headers=headers), pytest.raises(Problem):
        require_same_origin()


@pytest.mark.parametrize("host", ["localhost", "emojify.example", "[::1]:5000", "10.0.0.1:8000"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_our_own_origin_is_accepted(host: str, scheme: str) -> None:
    """Only the host counts: behind a proxy that ends TLS the scheme differs."""
    headers = {"Origin": f"{scheme}://{host}", "Host": host}
    with APP.test_request_context(headers=headers):
        require_same_origin()
    with APP.test_request_context(headers={"Host": host}):
        require_same_origin()
