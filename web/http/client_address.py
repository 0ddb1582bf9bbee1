"""The key by which limits tell the requesting clients apart, and who is on this machine."""

from typing import Final

from flask import request

from emojify_core.networks import is_loopback, network_of

# What proxies add for the client in front of them.
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def client_network() -> str:
    """Return the client's IPv4 address or the /64 network of its IPv6 address."""
    return network_of(request.remote_addr or "")


def is_own_machine() -> bool:
    """Return whether the client is a person on this machine.

    A proxy on this machine forwards strangers from a loopback address. If none is trusted to name
    them, a request that a proxy has marked comes from a stranger.
    """
    peer = request.environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR")
    if not is_loopback(client_network()):
        return False
    if peer is not None:  # a trusted proxy, or a client that skipped it, named this address
        return is_loopback(network_of(peer))
    return not any(name in request.headers for name in _FORWARDED)
