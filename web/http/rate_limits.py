"""Rate limits per client: how many requests of each kind, and how many tokens."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask
from limits import RateLimitItem, parse
from werkzeug.middleware.proxy_fix import ProxyFix

from emojify_core.errors import RateLimitError
from web.http.request_counts import RequestCounts
from web.http.token_budget import TokenBudget

View = TypeVar("View", bound=Callable[..., Any])
Take = Callable[[RateLimitItem, str], float]

SIGN_INS = "20/minute"


class RateLimits:
    """Decorators for routes, one for each limit."""

    def __init__(
        self, counts: RequestCounts, tokens: TokenBudget | None, rules: Mapping[str, str]
    ) -> None:
        self._counts, self._tokens, self._rules = counts, tokens, rules

    def predictions(self, view: View) -> View:
        """Count a route's requests as predictions; without Redis, refuse them at once.

        If counting already timed out, do not wait again to publish.
        """
        limited = self._limited(
            view, "predictions", self._rules.get("predictions"), self._counts.take
        )
        return self._tokens.refuse_early(limited) if self._tokens else limited

    def batches(self, view: View) -> View:
        """Count a route's requests as predictions; without Redis, count them in memory."""
        return self._limited(view, "predictions", self._rules.get("predictions"))

    def corrections(self, view: View) -> View:
        """Count a route's requests as corrections."""
        return self._limited(view, "corrections", self._rules.get("corrections"))

    def sign_ins(self, view: View) -> View:
        """Limit the tries to guess a token, unless all limits are off."""
        return self._limited(view, "sign-ins", SIGN_INS if self._rules else None)

    def _limited(self, view: View, scope: str, rule: str | None, take: Take | None = None) -> View:
        if not rule:
            return view
        limit, count = parse(rule), take or self._counts.take_without_redis

        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> Any:
            if seconds := count(limit, scope):
                number = f"{seconds:.0f}"
                unit = "second" if number == "1" else "seconds"
                raise RateLimitError(
                    f"At most {limit} from one client. Try again in {number} {unit}.", seconds
                )
            return view(*args, **kwargs)

        return cast("View", counted)


def trust_proxies(app: Flask, count: int) -> None:
    """Read the client's address from the last `count` proxies.

    Without a proxy, a client could choose its address by sending the header.
    """
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
