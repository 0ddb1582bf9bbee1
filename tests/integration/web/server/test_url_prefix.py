"""The page below a path of a proxy."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

Serve = Callable[..., Flask]
LINKS = re.compile(r'(?:href|src|action)="([^"#]*)"')
BELOW = {"X-Forwarded-Prefix": "/emojify"}


@pytest.mark.parametrize("path", ["/", "/models", "/status", "/api"])
@pytest.mark.parametrize("start", ["", "/emojify"])
def test_every_link_begins_with_the_configured_prefix(serve: Serve, path: str, start: str) -> None:
    """Whether the proxy takes the prefix off or leaves it."""
    page = serve(prefix="/emojify").test_client().get(start + path)
    assert page.status_code == 200
    own = [link for link in LINKS.findall(page.text) if link.startswith("/")]
    assert own
    assert [link for link in own if not link.startswith("/emojify/")] == []


@pytest.mark.parametrize("path", ["/healthz", "/emojify/healthz"])
def test_health_checks_work_with_and_without_the_prefix(serve: Serve, path: str) -> None:
    """A load balancer asks the process directly."""
    assert serve(prefix="/emojify").test_client().get(path).status_code == 200


def test_only_a_trusted_proxy_names_the_prefix(serve: Serve) -> None:
    """And only one that names a path, not another host."""
    trusted, alone = serve(trusted_proxies=1).test_client(), serve().test_client()
    assert 'href="/emojify/' in trusted.get("/", headers=BELOW).text
    assert "/emojify/" not in alone.get("/", headers=BELOW).text
    for evil in ("//evil.example", "https://evil.example", "/a/../b\\c", "/x<y"):
        assert "evil" not in trusted.get("/", headers={"X-Forwarded-Prefix": evil}).text
