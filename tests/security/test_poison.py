"""Strangers together turn no plain sentence, and an honest correction beside them is learned."""

from collections.abc import Iterator

import httpx
import pytest

from emojify_core.settings import Settings
from support.deadlines import eventually
from support.homes import fresh_home
from support.stack import Stack

PROXIED = {"EMOJIFY_API_KEYS": "open", "EMOJIFY_TRUSTED_PROXIES": "1"}
INSTALLATIONS = {
    "public": PROXIED,
    "public, auto": {**PROXIED, "EMOJIFY_CORRECTIONS": "auto"},
    "this machine": {},
}
ATTACKED = ("I love you", "I love my mother")
ONE_ADDRESS = ["203.0.113.1"] * 8  # each time with a new cookie
TEN_ADDRESSES = [f"203.0.113.{number}" for number in range(10, 20)]
HONEST, LABEL = "They all saw me fall.", "shame"
LEARNED_WITHIN = 60  # seconds


@pytest.fixture(params=INSTALLATIONS)
def attacked(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """Run a whole stack of each kind."""
    with fresh_home() as home, Stack(home, **INSTALLATIONS[request.param]) as stack:
        stack.start("redis", "worker", "web", "train")
        stack.until_ready()
        stack.until_warm()
        yield stack


def correct(stack: Stack, text: str, label: str, address: str) -> str:
    """Correct a text as a new client of this address; return the correction's id."""
    url = f"http://127.0.0.1:{stack.port}/api/v1/corrections"
    headers = {"X-Forwarded-For": address}
    response = httpx.post(url, json={"text": text, "label": label}, headers=headers, timeout=20)
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


def state_of(stack: Stack, correction_id: str, token: dict[str, str]) -> str:
    """Return a correction's state, as the administrator sees it."""
    url = f"http://127.0.0.1:{stack.port}/api/v1/corrections/{correction_id}"
    return str(httpx.get(url, headers=token, timeout=20).json()["state"])


def test_a_campaign_turns_no_plain_sentence(attacked: Stack) -> None:
    """One client with many cookies, then ten addresses; wherever the server runs."""
    settings = Settings.from_env(attacked.environ)
    secret = settings.secret("admin_token", settings.admin_token)
    token = {"Authorization": f"Bearer {secret}"}
    sent = [
        correct(attacked, text, "disgust", address)
        for text in ATTACKED
        for address in (*ONE_ADDRESS, *TEN_ADDRESSES)
    ]
    honest = correct(attacked, HONEST, LABEL, "198.51.100.7")
    if state_of(attacked, honest, token) == "review":
        url = f"http://127.0.0.1:{attacked.port}/api/v1/corrections/{honest}/accept"
        assert httpx.post(url, headers=token, timeout=20).is_success

    def is_over() -> bool:
        states = {state_of(attacked, each, token) for each in sent}
        return states <= {"review", "refused", "superseded"}

    eventually(
        lambda: state_of(attacked, honest, token) == "live",
        within=LEARNED_WITHIN,
        what="the honest correction is live",
    )
    eventually(is_over, within=LEARNED_WITHIN, what="the campaign's corrections are decided")
    for text in ATTACKED:
        assert attacked.predict(text)["result"]["label"] == "joy"
    assert attacked.predict(HONEST)["result"]["label"] == LABEL
