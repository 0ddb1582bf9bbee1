"""The real prediction worker on a machine whose clock is off by the seconds of its argument."""

import sys
import time
from datetime import datetime, timedelta, tzinfo
from typing import Final, Self

import celery.worker.request

from emojify_core.runtime.entrypoint import start
from worker.__main__ import main

SECONDS: Final = float(sys.argv.pop())
_time = time.time


class SkewedDatetime(datetime):
    """The date and time of that machine."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """Return its present time."""
        return super().now(tz) + timedelta(seconds=SECONDS)


if __name__ == "__main__":
    time.time = lambda: _time() + SECONDS
    celery.worker.request.datetime = SkewedDatetime
    start(main)
