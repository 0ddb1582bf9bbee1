"""The Status page as a browser without JavaScript shows it."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

Serve = Callable[..., Flask]


def test_the_status_page_works_without_redis(visitor: FlaskClient) -> None:
    """It says so with status 200, because the page itself works."""
    page = visitor.get("/status")
    assert page.status_code == 200
    assert "Emojify cannot answer texts" in page.text
    assert "Redis refuses connections. Is it running" in page.text or "no socket" in page.text


def test_flower_is_linked_only_on_the_same_host(serve: Serve) -> None:
    """Behind a proxy only its port is named, because the proxy serves the page alone."""
    client = serve(flower_port=5999).test_client()
    for host in ("127.0.0.1:5000", "localhost", "[::1]:5000"):
        page = client.get("/status", headers={"Host": host}).text
        bare = host.removesuffix(":5000")
        assert f'href="http://{bare}:5999"' in page
    proxied = client.get("/status", headers={"X-Forwarded-For": "10.0.0.1"}).text
    assert "Flower listens on port 5999" in proxied
    public = serve(sites=("emojify.example",)).test_client()
    assert "Flower listens" in public.get("/status", base_url="https://emojify.example").text
