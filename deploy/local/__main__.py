"""`python -m deploy.local`: the whole stack on this machine, until Ctrl-C."""

import asyncio
import os
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime

from deploy.local.checks import lock_home, require_free_port
from deploy.local.supervisor import Child, Supervisor
from emojify_core.errors import EmojifyError
from emojify_core.settings import Settings


def main() -> int:
    """Run the stack; return the exit status."""
    started = time.monotonic()
    try:
        settings = Settings.from_env()
        settings.require_access_rule()
        _ = settings.resolved_redis_url  # raises here, once, instead of in every child
        require_free_port(settings.bind, settings.port, "EMOJIFY_PORT")
        require_free_port(settings.bind, settings.flower_port, "EMOJIFY_FLOWER_PORT")
        lock = lock_home(settings.home)
        os.environ["EMOJIFY_HOME"] = str(settings.home)
        supervisor = Supervisor(children(settings), say, keep_fds=[lock])
        asyncio.run(supervisor.run(lambda: announce(settings, started)))
    except EmojifyError as e:
        say("run", str(e))
        return 1
    say("run", "stopped")
    return 0


def children(settings: Settings) -> list[list[Child]]:
    """Return the processes of the stack, in tiers."""
    python = [sys.executable, "-m"]
    redis = [] if settings.redis_url else [Child("redis", [*python, "deploy.local.valkey"])]
    return [
        redis,
        [
            Child("worker", [*python, "worker"]),
            Child("web", [*python, "web"]),
            Child("flower", [*python, "deploy.flower"]),
            Child("train", [*python, "worker.training"]),
        ],
    ]


async def announce(settings: Settings, started: float) -> None:
    """Say where everything is, once it answers."""
    host = "127.0.0.1" if settings.bind in {"0.0.0.0", "::"} else settings.bind  # noqa: S104
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    while not await asyncio.to_thread(answers, f"{url}/readyz"):  # noqa: ASYNC110  (over HTTP)
        await asyncio.sleep(0.1)
    flower = url.replace(f":{settings.port}", f":{settings.flower_port}")
    say(
        "run",
        f"ready after {time.monotonic() - started:.1f} s: page {url}  API {url}/api  "
        f"Flower {flower}  (Ctrl-C stops everything)",
    )


def answers(url: str) -> bool:
    """Tell whether a GET of the URL succeeds."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  (our own http URL)
            return bool(response.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def say(name: str, line: str) -> None:
    """Print one line of the interleaved log."""
    print(f"{datetime.now().astimezone():%H:%M:%S} {name:<6} | {line}", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
