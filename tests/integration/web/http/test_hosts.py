"""DNS rebinding: a website points its own name at this server."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem

REBOUND = "http://evil.example:5000"  # the page's origin, and the name in the request
CORRECTION = {"text": "It was a rebound request.", "label": "disgust"}

Serve = Callable[..., Flask]


@pytest.mark.parametrize("path", ["/", "/models", "/api/v1/models", "/api", "/metrics", "/nowhere"])
def test_a_rebound_name_reads_nothing(visitor: FlaskClient, path: str) -> None:
    """The answer says what to set if the name is one's own."""
    refused = assert_problem(visitor.get(path, base_url=REBOUND), 421)
    assert "EMOJIFY_SITE" in refused.detail
    assert visitor.get(path).status_code in {200, 404}


def test_a_rebound_name_teaches_nothing(visitor: FlaskClient, storage: Storage) -> None:
    """Its own Origin and Sec-Fetch-Site do not help."""
    headers = {"Origin": REBOUND, "Sec-Fetch-Site": "same-origin"}
    sent = {"headers": headers, "base_url": REBOUND}
    assert_problem(visitor.post("/api/v1/corrections", json=CORRECTION, **sent), 421)
    assert_problem(visitor.post("/corrections", data=CORRECTION, **sent), 421)
    assert_problem(visitor.post("/sign-in", data={"secret": "x"}, **sent), 421)
    texts = {each.text for each in storage.corrections.page(limit=500)}
    assert CORRECTION["text"] not in texts


def test_a_browser_reads_a_page(visitor: FlaskClient) -> None:
    """People who chose a new name see what to do; the name is escaped."""
    headers = {"Accept": "text/html", "Host": "evil.example<b>"}
    page = visitor.get("/", headers=headers)
    assert (page.status_code, page.mimetype) == (421, "text/html")
    assert "<b>" not in page.text


def test_the_site_s_name_is_answered(serve: Serve) -> None:
    """With EMOJIFY_SITE the proxy's requests arrive, also those with a forwarded host."""
    site = serve(sites=("emojify.example",), trusted_proxies=1).test_client()
    assert site.get("/", base_url="https://emojify.example").status_code == 200
    forwarded = {"X-Forwarded-Host": "emojify.example", "X-Forwarded-Proto": "https"}
    assert site.get("/", headers=forwarded).status_code == 200
    foreign = {"X-Forwarded-Host": "evil.example"}
    assert_problem(site.get("/", headers=foreign), 421)
    assert_problem(site.get("/", base_url=REBOUND), 421)
