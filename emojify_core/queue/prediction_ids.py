"""Signed prediction ids, which show without a look-up that we issued them, and when.

Celery's PENDING means both "unknown" and "queued", and Redis may lose its data. An id with a time
and a signature separates the cases. A wrong signature means an unknown id. A valid id without a
result is queued, or lost if it is older than a message may be. Publishing needs no stored record.
"""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

_TIME, _RANDOM, _MAC = 6, 9, 9  # bytes: milliseconds, randomness, signature; 32 characters in all


@dataclass(frozen=True, slots=True)
class IdSigner:
    """Creates and checks ids with one secret key."""

    key: str

    def new(self, now: float | None = None) -> str:
        """Return a new id, issued at `now` (seconds since the epoch) or at the present time."""
        milliseconds = int((time.time() if now is None else now) * 1000)
        body = milliseconds.to_bytes(_TIME, "big") + secrets.token_bytes(_RANDOM)
        return base64.urlsafe_b64encode(body + self._mac(body)).decode()

    def issued_at(self, value: str) -> float | None:
        """Return when we issued this id (seconds since the epoch); None if we did not."""
        if not value.isascii() or len(value) != (_TIME + _RANDOM + _MAC) * 4 // 3:
            return None
        try:
            raw = base64.b64decode(value, altchars=b"-_", validate=True)
        except ValueError:
            return None
        body, mac = raw[:-_MAC], raw[-_MAC:]
        if not hmac.compare_digest(mac, self._mac(body)):
            return None
        return int.from_bytes(body[:_TIME], "big") / 1000

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self.key.encode(), b"prediction-id" + body, hashlib.sha256)[:_MAC]
