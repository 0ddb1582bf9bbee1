"""`make bench-page`: the weight of the page, and when it is usable and shows a prediction."""

import argparse
import json
import os
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import redis
from playwright.sync_api import Browser
from texts import sentences

from emojify_core.queue.redis_client import connect
from support.browser import Visit, chromium
from support.homes import fresh_home
from support.installation import settings_of
from support.stack import RAISED, Stack

LOADS, ANSWERS = 15, 60

LOADED = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const all = [page, ...performance.getEntriesByType("resource")];
  return {
    bytes: all.reduce((sum, { transferSize }) => sum + transferSize, 0),
    requests: all.length,
    // Modules have run by then: fields and buttons do what they shall.
    usable: page.domContentLoadedEventEnd,
  };
}"""
# An answer is on the screen once the frame after the change of the card is painted.
WATCH = """() => {
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) window.shifts += value;
  }).observe({ type: "layout-shift", buffered: true });
  new MutationObserver(() => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.seen(performance.timeOrigin + performance.now());
    port2.postMessage(0);
  })).observe(document.getElementById("said"), { childList: true });
}"""


class Announcements(threading.Thread):
    """Records when a worker announces a result, in milliseconds since the epoch."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.last = 0.0
        self._channel = connect(url).pubsub(ignore_subscribe_messages=True)
        self._channel.psubscribe("celery-task-meta-*")

    def run(self) -> None:
        """Listen until Redis ends."""
        with suppress(redis.ConnectionError):
            for _ in self._channel.listen():
                self.last = time.time() * 1000


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/bench/page.json"))
    arguments = parser.parse_args()
    with (
        fresh_home() as home,
        Stack(home, EMOJIFY_RATE_LIMIT=RAISED) as stack,
        chromium() as browser,
    ):
        stack.start("local")
        stack.until_ready()
        figures = loads(browser, stack) | display_delays(browser, stack)
    report = {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        **figures,
    }
    arguments.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=1))


def loads(browser: Browser, stack: Stack) -> dict[str, Any]:
    """Open the page with an empty cache."""
    seen = []
    for _ in range(LOADS):
        visit = Visit(browser, stack.url)
        visit.page.goto("/", wait_until="networkidle")
        seen.append(visit.page.evaluate(LOADED))
        visit.close()
    return {
        "bytes": max(each["bytes"] for each in seen),
        "requests": seen[0]["requests"],
        "usable, ms": spread([each["usable"] for each in seen]),
    }


def display_delays(browser: Browser, stack: Stack) -> dict[str, Any]:
    """Compare the announcement of each result with its appearance on the screen."""
    announced = Announcements(settings_of(stack.environ).resolved_redis_url)
    announced.start()
    visit = Visit(browser, stack.url)
    page = visit.page
    page.goto("/")
    page.evaluate(WATCH)
    delays, waits = [], []
    for text in sentences(ANSWERS):
        page.evaluate("void (window.answer = new Promise((seen) => { window.seen = seen; }))")
        page.get_by_label("Your text").fill(text)
        pressed = time.time() * 1000
        page.keyboard.press("Control+Enter")
        seen = page.evaluate("window.answer")
        delays.append(seen - announced.last)
        waits.append(seen - pressed)
    shifted = page.evaluate("window.shifts")
    visit.close()
    return {
        "seen after the worker's answer, ms": spread(delays),
        "seen after the key, ms": spread(waits),
        "layout shift over all answers": shifted,
    }


def spread(values: list[float]) -> dict[str, float]:
    """Return the median and the maximum."""
    return {"p50": round(float(np.median(values)), 1), "worst": round(max(values), 1)}


if __name__ == "__main__":
    main()
