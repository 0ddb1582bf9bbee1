"""The key by which limits tell clients apart."""

import pytest
from flask import Flask

from emojify_core.networks import is_loopback, network_of
from web.http.client_address import client_network


@pytest.mark.parametrize(
    ("address", "network"),
    {
        "192.0.2.7": "192.0.2.7",
        "::ffff:192.0.2.7": "192.0.2.7",
        "2001:db8:0:1::1": "2001:db8:0:1::/64",
        "2001:db8:0:1:ffff:ffff:ffff:ffff": "2001:db8:0:1::/64",
        "2001:DB8:0:2::1": "2001:db8:0:2::/64",
        "fe80::1%eth0": "fe80::/64",
        "127.0.0.1": "127.0.0.1",
        "::1": "::1",
        "192.0.2.7:1234": "unknown",
        "": "unknown",
    }.items(),
)
def test_an_ipv6_network_is_one_client(address: str, network: str) -> None:
    """A customer who changes addresses inside one /64 keeps one count."""
    assert network_of(address) == network


def test_the_request_s_address_is_used() -> None:
    """Behind trusted proxies, that is the address that they name."""
    app = Flask(__name__)
    with app.test_request_context(environ_base={"REMOTE_ADDR": "2001:db8::5"}):
        assert client_network() == "2001:db8::/64"


@pytest.mark.parametrize(
    ("address", "local"),
    {
        "127.0.0.1": True,
        "127.9.9.9": True,
        "::1": True,
        "::ffff:127.0.0.1": True,
        "10.0.0.1": False,
        "fe80::1": False,
        "": False,
    }.items(),
)
def test_only_this_machine_is_loopback(address: str, *, local: bool) -> None:
    """Neighbors in a local network have addresses of their own; no address is a stranger."""
    assert is_loopback(network_of(address)) is local
