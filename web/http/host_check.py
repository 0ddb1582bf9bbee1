"""Refuses requests for other hosts, before anything else looks at them."""

from flask import Flask, request

from emojify_core.trusted_hosts import TrustedHosts
from web.http.problems import Problem

_SHOWN = 100  # characters of a refused name


def register_host_check(app: Flask, hosts: TrustedHosts) -> None:
    """Answer 421 to a request whose Host header does not name this installation."""

    @app.before_request
    def check_host() -> None:
        host = request.headers.get("Host")
        if not hosts.trusts(host):
            raise Problem(
                421,
                f"This server does not answer to the name {(host or '')[:_SHOWN]!r}. If it is "
                "yours, set EMOJIFY_SITE to this name and start the server again.",
                code="unknown_host",
            )
