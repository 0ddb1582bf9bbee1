"""Rate limits per client, counted in Redis so that all web processes share the counts."""

import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

import redis
from flask import Flask, Response
from flask_limiter import Limiter, RequestLimit
from werkzeug.middleware.proxy_fix import ProxyFix

from emojify_core.errors import QueueUnavailableError
from emojify_core.queue.redis_client import UNAVAILABLE
from web.http.client_address import client_network
from web.http.problems import Problem

View = TypeVar("View", bound=Callable[..., Any])

SIGN_INS = "20/minute"


class RateLimits:
    """Decorators for routes, one for each limit."""

    def __init__(
        self, app: Flask, client: redis.Redis, rules: Mapping[str, str], *, trusted_proxies: int
    ) -> None:
        if trusted_proxies:
            # Without a proxy, a client could choose its address by sending the header.
            app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
                app.wsgi_app, x_for=trusted_proxies, x_proto=trusted_proxies, x_host=trusted_proxies
            )
        self._rules = rules
        self._limiter = Limiter(
            client_network,
            app=app,
            storage_uri="redis://",  # ignored: the connections are our client's
            storage_options=cast("Any", {"connection_pool": client.connection_pool}),
            strategy="sliding-window-counter",
            on_breach=_refuse,
            enabled=bool(rules),
            swallow_errors=True,  # corrections and files are accepted without Redis
        )

    def predictions(self, view: View) -> View:
        """Count a route's requests as predictions; without Redis, refuse them at once.

        If counting already timed out, do not wait again to publish.
        """
        if "predictions" not in self._rules:
            return view

        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> Any:
            if self._limiter.current_limit is None:
                raise QueueUnavailableError(UNAVAILABLE)
            return view(*args, **kwargs)

        return self.batches(cast("View", counted))

    def batches(self, view: View) -> View:
        """Count a route's requests as predictions; without Redis, accept them uncounted."""
        return self._limited(view, "predictions", self._rules.get("predictions"))

    def corrections(self, view: View) -> View:
        """Count a route's requests as corrections."""
        return self._limited(view, "corrections", self._rules.get("corrections"))

    def sign_ins(self, view: View) -> View:
        """Limit the tries to guess a token, unless all limits are off."""
        return self._limited(view, "sign-ins", SIGN_INS if self._rules else None)

    def _limited(self, view: View, scope: str, rule: str | None) -> View:
        return cast("View", self._limiter.shared_limit(rule, scope=scope)(view)) if rule else view


def _refuse(breached: RequestLimit) -> Response:
    seconds = max(1, breached.reset_at - int(time.time()))
    return Problem(
        429,
        f"At most {breached.limit} from one client. Try again in {seconds} seconds.",
        code="rate_limit",
        headers={"Retry-After": str(seconds)},
    ).response()
