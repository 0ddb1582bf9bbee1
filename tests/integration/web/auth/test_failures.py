"""Guessing keys and tokens, with Redis away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType

import pytest
from flask.testing import FlaskClient

from emojify_core.limits import FAILED_SIGN_INS
from emojify_core.settings import Settings
from support.api_checks import assert_problem
from web.app import create_app

API = "/api/v1/corrections"
KEY = "a key of sixteen or more letters"
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.77"}

Guess = Callable[[FlaskClient], int]

GUESSES: dict[str, Guess] = {
    "a bearer token": lambda client: (
        client.get(API, headers={"Authorization": "Bearer guess"}).status_code
    ),
    "an API key": lambda client: client.get(API, headers={"X-API-Key": "guess"}).status_code,
    "a sign-in": lambda client: client.post("/sign-in", data={"secret": "guess"}).status_code,
}


@contextmanager
def limited(apart: Settings, **changes: object) -> Iterator[FlaskClient]:
    """Give a client of a new app with the default limits and an API key."""
    rules = MappingProxyType({"corrections": "60/minute"})
    app = create_app(replace(apart, rate_limits=rules, api_keys=(KEY,), **changes))
    try:
        yield app.test_client()
    finally:
        app.extensions["emojify-storage"].engine.dispose()


@pytest.mark.parametrize("guess", GUESSES.values(), ids=GUESSES)
def test_guesses_are_limited_per_address(apart: Settings, guess: Guess) -> None:
    """After twenty, the address waits, whatever it sends. Others and cookies go on."""
    with limited(apart) as client:
        browser = client.application.test_client()
        browser.post("/sign-in", data={"secret": KEY}, environ_base=ELSEWHERE)
        assert [guess(client) for _ in range(FAILED_SIGN_INS)] == [403] * FAILED_SIGN_INS
        assert guess(client) == 429
        for other in GUESSES.values():
            assert other(client) == 429
        refused = client.get(API, headers={"X-API-Key": KEY})
        problem = assert_problem(refused, 429)
        assert problem.type == "urn:emojify:problem:too_many_failures"
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        elsewhere = client.get(API, headers={"X-API-Key": KEY}, environ_base=ELSEWHERE)
        assert elsewhere.status_code == 200
        assert browser.get(API).status_code == 200, "a signed-in browser shows no key"
        assert client.get("/healthz").status_code == 200


def test_the_rollback_form_is_limited(apart: Settings) -> None:
    """Its token can be guessed there, too."""
    with limited(apart) as client:
        client.post("/sign-in", data={"secret": KEY}, environ_base=ELSEWHERE)
        tries = [
            client.post("/models/1/back", data={"token": "guess"}).status_code
            for _ in range(FAILED_SIGN_INS + 1)
        ]
        assert tries == [403] * FAILED_SIGN_INS + [429]
