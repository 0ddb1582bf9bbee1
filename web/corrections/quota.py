"""How many corrections one client may make, counted in SQL: it holds without Redis, too."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from emojify_core.storage.corrections.repository import CorrectionRepository
from web.http.problems import Problem

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


@dataclass(frozen=True, slots=True)
class Quota:
    """So many in so many seconds; wherever the client's address is, and through every process."""

    count: int
    seconds: int

    @classmethod
    def from_rule(cls, rule: str) -> Self:
        """Read a rule as the settings have it, such as `60/minute`."""
        count, _, unit = rule.partition("/")
        return cls(int(count), _SECONDS[unit])

    def check(self, corrections: CorrectionRepository, client: str) -> None:
        """Raise Problem 429 when this client has used its quota up."""
        since = datetime.now(UTC) - timedelta(seconds=self.seconds)
        if corrections.count_recent(client, since) < self.count:
            return
        oldest = corrections.page(client=client, limit=self.count)[-1].created_at
        left = max(1, round((oldest - since).total_seconds()) + 1)
        raise Problem(
            429,
            f"At most {self.count} corrections in {self.seconds:,} seconds from one client. "
            f"Try again in {left:,} seconds.",
            code="quota",
            headers={"Retry-After": str(left)},
        )
