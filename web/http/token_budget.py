"""How many tokens a client may send, so that no client keeps the workers busy alone."""

import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Self, TypeVar, cast

from flask import request
from limits import RateLimitItemPerSecond, parse

from emojify_core.errors import RateLimitError
from emojify_core.limits import SMALL_REQUEST_TOKENS, TOKEN_PARTS, TOKENS_PER_REQUEST
from emojify_core.request_cost import request_tokens
from web.http.client_address import client_network
from web.http.leaky_buckets import LeakyBuckets
from web.http.request_counts import RequestCounts
from web.http.request_parsing import LARGE_BODY

View = TypeVar("View", bound=Callable[..., Any])

UNREAD_FOR = 1.0  # seconds after a refusal; its tokens come back one by one


class TokenBudget:
    """Counts tokens, of all requests in this process, and of lists also in Redis for all processes.

    So a single text needs no further round trip to Redis. Safe to share between threads.
    """

    def __init__(self, counts: RequestCounts, tokens: int, seconds: int) -> None:
        self._counts = counts
        self._limit = RateLimitItemPerSecond(tokens, seconds)
        self._own = LeakyBuckets(tokens, tokens / seconds)
        self._unread = LeakyBuckets(1, 1 / UNREAD_FOR)  # full after a refusal

    @classmethod
    def from_rule(cls, counts: RequestCounts, rule: str) -> Self:
        """Return the budget that belongs to a limit of requests, such as `600/minute`."""
        requests = parse(rule)
        period = requests.get_expiry()
        seconds = max(1, period // TOKEN_PARTS)
        return cls(counts, requests.amount * TOKENS_PER_REQUEST * seconds // period, seconds)

    def charge(self, texts: Sequence[str]) -> None:
        """Count the texts of a request. Raises RateLimitError or QueueUnavailableError."""
        tokens, client = request_tokens(texts), client_network()
        cost = min(tokens, self._limit.amount)  # a small budget still admits one request
        seconds = self._own.pour(client, cost)
        if not seconds and tokens > SMALL_REQUEST_TOKENS:
            seconds = self._counts.take(self._limit, "tokens", cost)
            if seconds:
                self._own.pour(client, -cost)
        if seconds:
            self._unread.pour(client, 1)
            raise self._error(f"This request counts {tokens:,}.", seconds)

    def refuse_early(self, view: View) -> View:
        """Refuse large bodies unread just after their client was refused.

        Reading them would cost the web more than refusing them saves the workers.
        """

        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            length = request.content_length
            if (length is None or length >= LARGE_BODY) and (
                seconds := self._unread.seconds_until_empty(client_network())
            ):
                raise self._error("They are used up.", seconds)
            return view(*args, **kwargs)

        return cast("View", checked)

    def _error(self, reason: str, seconds: float) -> RateLimitError:
        wait = math.ceil(seconds)
        return RateLimitError(
            f"At most {self._limit.amount:,} tokens in {self._limit.get_expiry()} seconds from one "
            f"client. {reason} Send fewer texts, or a file, or try again in {wait} seconds.",
            wait,
        )
