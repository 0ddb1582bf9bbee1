"""Forms without JavaScript, and the article's `/predict`."""

import re

import pytest
from flask.testing import FlaskClient

from emojify_core.labels import EMOTIONS, LABELS
from emojify_core.queue.prediction_ids import IdSigner
from support.api_checks import assert_problem, parse_as
from support.installation import CLEAR, JOYFUL
from web.article.schemas import LabelNumber

PAGES = {"/": "text", "/predict": "name"}  # path, its form field


@pytest.mark.parametrize(("text", "label"), CLEAR.items(), ids=CLEAR.values())
def test_the_article_s_route_returns_the_label_s_number(
    client: FlaskClient, text: str, label: str
) -> None:
    """Programs for the article's service keep working: joy is 0, guilt is 6."""
    response = client.post("/predict", data={"name": text})
    assert response.status_code == 200
    assert parse_as(response, LabelNumber).prediction == LABELS.index(label)
    assert response.get_json() == {"prediction": LABELS.index(label)}


@pytest.mark.parametrize("data", [{}, {"name": ""}, {"name": "  "}, {"name": "x" * 5001}])
def test_the_article_s_route_names_the_invalid_field(
    client: FlaskClient, data: dict[str, str]
) -> None:
    """An empty or very long sentence is refused with a reason."""
    assert_problem(client.post("/predict", data=data), 422, "name")


def test_the_article_s_route_accepts_a_multipart_form(client: FlaskClient) -> None:
    """Both encodings of HTML forms work."""
    response = client.post("/predict", data={"name": JOYFUL}, content_type="multipart/form-data")
    assert response.get_json() == {"prediction": 0}


def test_a_form_that_is_not_utf8_is_refused_or_answered(client: FlaskClient) -> None:
    """Invalid bytes do not cause a server error."""
    response = client.post(
        "/predict", data=b"name=%ff%fe+happy", content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code in {200, 422}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:8080"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://[broken"},
        {"Origin": "\N{PILE OF POO}".encode().decode("latin-1")},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", PAGES)
def test_a_form_of_another_site_is_refused(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    """Another site cannot send a form in a visitor's name."""
    response = client.post(path, data={PAGES[path]: JOYFUL}, headers=headers)
    assert_problem(response, 403)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "http://localhost"},
        {"Origin": "https://localhost"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", PAGES)
def test_a_form_of_our_page_or_of_a_program_is_accepted(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    """Old and new browsers can send the form, and so can curl."""
    response = client.post(path, data={PAGES[path]: JOYFUL}, headers=headers)
    assert response.status_code == 200


def test_the_page_works_without_javascript(client: FlaskClient) -> None:
    """The form returns a page with the emoji, seven rows and the text."""
    response = client.post("/", data={"text": "I was so happy!\r\nI passed & sang."})
    assert response.status_code == 200
    assert response.mimetype == "text/html"
    page = response.text
    assert 'data-shown="sure" data-emotion="joy"' in page
    assert '<strong id="label">Joy</strong>' in page
    assert page.count('<svg class="bar ') == len(EMOTIONS)
    assert re.search(r'<mark data-strength="3">happy</mark>!\n', page)
    assert "Strongest clues for Joy: “happy”" in page
    assert re.search(r"Model version \d+, [\d.]+ ms", page)
    assert "I was so happy!\nI passed &amp; sang.</textarea>" in page
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001])
def test_the_page_explains_an_invalid_text(client: FlaskClient, text: str) -> None:
    """A person without JavaScript reads the reason and keeps the text."""
    response = client.post("/", data={"text": text})
    assert response.status_code == 422
    assert response.mimetype == "text/html"
    assert 'data-shown="problem"' in response.text
    assert re.search(r'role="alert"><span id="problem">\S', response.text)
    assert f"{text}</textarea>" in response.text


def test_a_line_end_counts_as_one_character(client: FlaskClient) -> None:
    """A text of 5,000 characters fits, although browsers send CR LF."""
    assert client.post("/", data={"text": "a\r\n" * 2500}).status_code == 200


def test_markup_in_a_text_is_shown_as_text(client: FlaskClient) -> None:
    """A text cannot inject HTML."""
    page = client.post("/", data={"text": "</textarea><script>alert(1)</script> happy"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_page_of_a_prediction_shows_its_result(client: FlaskClient) -> None:
    """The page can be loaded again as often as needed."""
    queued = client.post("/api/v1/predictions", json={"text": JOYFUL}).get_json()["id"]
    for _ in range(2):
        response = client.get(f"/predictions/{queued}")
        assert response.status_code == 200
        assert '<strong id="label">Joy</strong>' in response.text


def test_the_page_of_an_expired_prediction_says_so(client: FlaskClient, signer: IdSigner) -> None:
    """No page says "still working" for ever."""
    page = client.get(f"/predictions/{signer.new(now=0)}").text
    assert "this one is gone" in page
    assert "Look again" not in page
