"""The quota of corrections per client, counted in the database so that it works without Redis."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from emojify_core.errors import QuotaExceededError
from emojify_core.storage.corrections.repository import CorrectionRepository

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `count` corrections in `seconds`, across addresses and web processes."""

    count: int
    seconds: int

    @classmethod
    def from_rule(cls, rule: str) -> Self:
        """Parse a rule from the settings, such as `60/minute`."""
        count, _, unit = rule.partition("/")
        return cls(int(count), _SECONDS[unit])

    def check(self, corrections: CorrectionRepository, client: str) -> None:
        """Raise QuotaExceededError when the client has used up its quota."""
        since = datetime.now(UTC) - timedelta(seconds=self.seconds)
        if corrections.count_recent(client, since) < self.count:
            return
        oldest = corrections.page(client=client, limit=self.count)[-1].created_at
        retry_after = max(1, round((oldest - since).total_seconds()) + 1)
        raise QuotaExceededError(
            f"At most {self.count} corrections in {self.seconds:,} seconds from one client. "
            f"Try again in {retry_after:,} seconds.",
            retry_after,
        )
