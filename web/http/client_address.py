"""The key by which limits tell the requesting clients apart."""

from flask import request

from emojify_core.networks import network_of


def client_network() -> str:
    """Return the client's IPv4 address or the /64 network of its IPv6 address."""
    return network_of(request.remote_addr or "")
