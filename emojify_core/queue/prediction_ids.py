"""Signed prediction ids, which show without a look-up that we issued them, and when.

Celery's PENDING means both "unknown" and "queued", and Redis may lose its data. An id with a time
and a signature separates the cases. A wrong signature means an unknown id. A valid id without a
result is queued, or lost if it is older than a message may be. Publishing needs no stored record.

An id also names its sender, the process that issued it. One pattern of Redis therefore hears the
answers to all ids of a process.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from typing import Self

from emojify_core.queue.redis_clock import CLOCK

# bytes: milliseconds, sender, randomness, signature; 32 characters in all
_TIME, _SENDER, _RANDOM, _MAC = 6, 3, 6, 9
_CHARACTERS = (_TIME + _SENDER + _RANDOM + _MAC) * 4 // 3


@dataclass(frozen=True, slots=True)
class IdSigner:
    """Creates and checks ids with one secret key."""

    key: str
    sender: bytes = b""  # whose ids these are; without one, a random one in each id

    def for_sender(self) -> Self:
        """Return a signer whose ids share a new random sender."""
        return replace(self, sender=secrets.token_bytes(_SENDER))

    @property
    def pattern(self) -> str:
        """The glob that matches the ids of this sender; base64 has none of its signs."""
        # Three bytes are four characters, so the sender has characters of its own.
        return "?" * (_TIME * 4 // 3) + base64.urlsafe_b64encode(self.sender).decode() + "*"

    def is_own(self, value: str) -> bool:
        """Tell whether an id that we issued is of this sender."""
        return bool(self.sender) and base64.urlsafe_b64decode(value)[_TIME:].startswith(self.sender)

    def new(self, now: float | None = None) -> str:
        """Return a new id, issued at `now` (seconds since the epoch) or now by Redis's clock."""
        milliseconds = int((CLOCK.now() if now is None else now) * 1000)
        random = secrets.token_bytes(_SENDER + _RANDOM - len(self.sender))
        body = milliseconds.to_bytes(_TIME, "big") + self.sender + random
        return base64.urlsafe_b64encode(body + self._mac(body)).decode()

    def issued_at(self, value: str) -> float | None:
        """Return when we issued this id (seconds since the epoch); None if we did not."""
        if not value.isascii() or len(value) != _CHARACTERS:
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
