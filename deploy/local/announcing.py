"""Saying when everything answers, and until then what does not."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from emojify_core.settings import Settings

LOOK_EVERY = 0.25  # seconds
PATIENCE = 10.0  # seconds after which it is said what is missing

Say = Callable[[str, str], None]  # name of the speaker, line


async def announce(settings: Settings, started: float, say: Say) -> None:
    """Say where everything is once it answers; if that takes long, what keeps it."""
    host = "127.0.0.1" if settings.bind in {"0.0.0.0", "::"} else settings.bind  # noqa: S104
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    told = ""
    while missing := await asyncio.to_thread(what_is_missing, f"{url}/readyz"):
        if missing != told and time.monotonic() - started > PATIENCE:
            told = missing
            say("run", f"not ready yet: {missing}.{_next_step(settings, missing)}")
        await asyncio.sleep(LOOK_EVERY)
    flower = url.replace(f":{settings.port}", f":{settings.flower_port}")
    say(
        "run",
        f"ready after {time.monotonic() - started:.1f} s: page {url}  API {url}/api  "
        f"Flower {flower}  (Ctrl-C stops everything)",
    )


def what_is_missing(url: str) -> str:
    """Return what `/readyz` at this URL names as failing, for people; nothing if it is ready."""
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


def _next_step(settings: Settings, missing: str) -> str:
    if "redis" in missing and settings.redis_url:
        return " Does the Redis that EMOJIFY_REDIS_URL names run, and let this machine in?"
    return ""
