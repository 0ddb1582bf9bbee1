"""TLS in front of the web, with the proxy's own certificate for an IP address."""

import ssl
from collections.abc import Iterator

import httpx
import pytest

from containers.installation import ADDRESS, Installation
from containers.test_confinement import processes
from support.deadlines import eventually


@pytest.fixture(scope="module")
def proxied(stack: Installation) -> Iterator[Installation]:
    """Return the stack behind its proxy."""
    stack.run(["make", "up", "PROFILE=tls"])
    yield stack
    stack.compose("rm", "--stop", "--force", "proxy")


@pytest.fixture(scope="module")
def client(proxied: Installation) -> Iterator[httpx.Client]:
    """Return a client that trusts only the proxy's certificate authority."""
    root = "cat /data/pki/authorities/local/root.crt"
    eventually(lambda: "END" in proxied.inside("proxy", f"{root} || true"), within=30)
    trust = ssl.create_default_context(cadata=proxied.inside("proxy", root))
    url = f"https://{ADDRESS}:{proxied.tls_port}"
    with httpx.Client(base_url=url, verify=trust, trust_env=False, timeout=20) as http:

        def answers() -> bool:
            try:
                return http.get("/readyz").is_success
            except httpx.TransportError:
                return False

        eventually(answers, within=30, what="the proxy answers with a certificate to be trusted")
        yield http


def test_the_proxy_serves_its_own_certificate_for_an_address(
    client: httpx.Client,
) -> None:
    """The connection is encrypted even without a domain name."""
    answer = client.post(
        "/api/v1/predictions", json={"text": "I passed the exam!"}, headers={"Prefer": "wait=10"}
    )
    assert answer.status_code == 200
    assert answer.json()["result"]["label"] == "joy"
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_cookies_are_secure_and_forms_same_origin_behind_the_proxy(client: httpx.Client) -> None:
    """The web trusts the proxy's headers."""
    origin = str(client.base_url).rstrip("/")
    correction = {"text": "The train was late again.", "label": "anger"}
    made = client.post("/api/v1/corrections", json=correction, headers={"Origin": origin})
    assert made.status_code == 202
    cookie = made.headers["set-cookie"]
    assert "Secure" in cookie
    assert client.get(made.headers["location"]).status_code == 200
    other = client.post(
        "/api/v1/corrections", json=correction, headers={"Origin": "https://elsewhere.example"}
    )
    assert other.status_code == 403


def test_plain_http_redirects_to_https(proxied: Installation, client: httpx.Client) -> None:
    """The redirect keeps the path."""
    del client  # the fixture has waited until the proxy answers
    plain = proxied.compose("port", "proxy", "8080").strip()
    answer = httpx.get(f"http://{plain}/", trust_env=False)
    assert answer.status_code in {301, 308}
    assert answer.headers["location"].startswith(f"https://{ADDRESS}")


def test_the_proxy_is_confined_like_every_container(proxied: Installation) -> None:
    """It faces the internet, yet it is not root and cannot become it."""
    found = processes(proxied, "proxy")
    assert {each["Uid"] for each in found} == {"10001"}
    assert {int(each["CapEff"], 16) for each in found} == {0}
    said = proxied.inside("proxy", "touch /foothold", fails=True)
    assert "Read-only file system" in said
