"""`python -m deploy.local`: run the whole stack on this machine until Ctrl-C."""

import asyncio
import os
import sys
import time
from contextlib import suppress
from functools import partial
from io import TextIOWrapper
from pathlib import Path

from deploy.local.child import Child
from deploy.local.output import make_log
from deploy.local.preflight import lock_home, require_free_port
from deploy.local.readiness import report_readiness
from deploy.local.redis_check import require_usable_redis
from deploy.local.supervisor import Supervisor
from emojify_core.errors import EmojifyError
from emojify_core.runtime.process_report import ProcessState, write_states
from emojify_core.settings import Settings


def main() -> int:
    """Run the stack; return the exit status."""
    started = time.monotonic()
    if isinstance(sys.stdout, TextIOWrapper):  # a terminal that knows no emoji ends no process
        sys.stdout.reconfigure(errors="backslashreplace")
    log = make_log(as_json=os.environ.get("EMOJIFY_LOG", "").strip() == "json")
    try:
        settings = Settings.from_env()
        settings.require_access_rule()
        _ = settings.redis_address  # raises here once, instead of in every process
        lock = lock_home(settings.home)  # first: a second run would find its ports in use, too
        require_free_port(settings.bind, settings.port, "EMOJIFY_PORT")
        require_free_port(settings.bind, settings.flower_port, "EMOJIFY_FLOWER_PORT")
        if settings.redis_url:
            require_usable_redis(settings)
        os.environ["EMOJIFY_HOME"] = str(settings.home)
        tiers = children(settings)
        report = partial(report_states, settings.home, tiers)
        report()
        supervisor = Supervisor(tiers, log, keep_fds=[lock], on_change=report)
        asyncio.run(supervisor.run(lambda: report_readiness(settings, started, log)))
    except EmojifyError as e:
        log("run", str(e))
        return 1
    log("run", "stopped")
    return 0


def children(settings: Settings) -> list[list[Child]]:
    """Return the processes of the stack, in tiers: each tier starts after the one before it."""
    python = [sys.executable, "-m"]
    redis = [] if settings.redis_url else [Child("redis", [*python, "deploy.local.valkey"])]
    return [
        redis,
        [
            Child("worker", [*python, "worker"]),
            Child("web", [*python, "web"]),
            Child("flower", [*python, "deploy.flower"], optional=True),
            Child("train", [*python, "worker.training"], optional=True),
        ],
    ]


def report_states(home: Path, tiers: list[list[Child]]) -> None:
    """Tell the web process which parts were restarted, and which are given up."""
    states = [ProcessState(c.name, c.restarts, c.degraded) for tier in tiers for c in tier]
    with suppress(OSError):  # a full disk ends no process; the next change is told
        write_states(home, states)


if __name__ == "__main__":
    sys.exit(main())
