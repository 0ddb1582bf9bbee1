"""Reports when the local run answers, or what it still waits for."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from emojify_core.settings import Settings

CHECK_EVERY = 0.25  # seconds
PATIENCE = 10.0  # seconds until the missing parts are reported

Log = Callable[[str, str], None]  # process name, line


async def report_readiness(settings: Settings, started: float, log: Log) -> None:
    """Log the addresses once everything answers; after PATIENCE, log what is missing."""
    host = "127.0.0.1" if settings.bind in {"0.0.0.0", "::"} else settings.bind  # noqa: S104
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    reported = ""
    while missing := await asyncio.to_thread(find_missing, f"{url}/readyz"):
        if missing != reported and time.monotonic() - started > PATIENCE:
            reported = missing
            log("run", f"not ready yet: {missing}")
        await asyncio.sleep(CHECK_EVERY)
    flower = url.replace(f":{settings.port}", f":{settings.flower_port}")
    log(
        "run",
        f"ready after {time.monotonic() - started:.1f} s: page {url}  API {url}/api  "
        f"Flower {flower}  (Ctrl-C stops everything)",
    )


def find_missing(url: str) -> str:
    """Return the parts that `/readyz` at this URL reports as failing; empty when it is ready."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310  (our own http URL)
            return ""
    except urllib.error.HTTPError as e:
        try:
            failing = json.loads(e.read())["failing"]
        except (ValueError, KeyError, OSError):
            return f"the page answers {e.code}"
        return ", ".join(f"{name} {problem}" for name, problem in failing.items())
    except OSError:
        return "the page does not answer"
