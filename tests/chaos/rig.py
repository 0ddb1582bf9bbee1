"""An installation to break: real processes, and a record of when each of them was away."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from support.deadlines import eventually
from support.homes import PROC
from support.processes import Process, free_port
from support.redis_server import RedisServer
from support.stack import RAISED, Stack

TOKEN = "the-administrator-of-the-chaos-tests"  # noqa: S105 (of a server that lives for a minute)
TRAINER = str(Path(__file__).with_name("mortal_trainer.py"))
WARM_WITHIN = 90  # seconds; TensorFlow on a busy machine
# Seconds within which workers and web reconnect to Redis; answers may fail until then.
MENDS_WITHIN = 6.0


@dataclass
class Outages:
    """Records when a part was broken on purpose: that excuses failed answers."""

    spans: list[tuple[str, float, float]] = field(default_factory=list)

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """Record that `what` is away during the block."""
        started = time.monotonic()
        place = len(self.spans)
        self.spans.append((what, started, float("inf")))
        try:
            yield
        finally:
            self.spans[place] = (what, started, time.monotonic())

    def excuse(self, what: str, since: float, until: float, grace: float = MENDS_WITHIN) -> bool:
        """Return whether `what` was away at some time in this span."""
        return any(
            name == what and began <= until and since <= ended + grace
            for name, began, ended in list(self.spans)
        )


class Rig:
    """Redis, web, two prediction workers and a trainer of one home; at times a second trainer."""

    def __init__(self, home: Path, psychexp: Path | None) -> None:
        (home / "redis").mkdir()
        self.redis = RedisServer(home / "redis", port=free_port())
        variables = {
            "EMOJIFY_RATE_LIMIT": RAISED,
            "EMOJIFY_REDIS_URL": self.redis.url,
            "EMOJIFY_ADMIN_TOKEN": TOKEN,
        }
        if psychexp:
            variables["EMOJIFY_PSYCHEXP"] = str(psychexp)
        self.stack = Stack(home, **variables)
        self.home, self.url = home, self.stack.url
        self.database = home / "emojify.sqlite3"
        self.outages = Outages()
        self.order = home / "order"
        self.trainer, self.second = self._make_trainer("trainer"), self._make_trainer("second")
        self._never = threading.Event()

    def __enter__(self) -> Self:
        self.redis.start()
        self.stack.start("worker", "web")
        self.stack.parts["worker-2"] = self.stack.process("worker", EMOJIFY_BIND="127.0.0.1")
        self.stack.start("worker-2")
        self.stack.parts |= {"trainer": self.trainer, "second": self.second}
        self.stack.until_ready()
        self.trainer.start()
        self.until_warm(self.trainer)
        return self

    def __exit__(self, *details: object) -> None:
        for trainer in (self.trainer, self.second):
            trainer.kill()
        self.stack.__exit__(*details)
        self.redis.stop()

    def until_warm(self, trainer: Process) -> None:
        """Wait until a trainer that has just started can learn."""
        said = trainer.output().count("ready to learn")
        eventually(
            lambda: trainer.output().count("ready to learn") > said or not trainer.running,
            within=WARM_WITHIN,
            what="the trainer is warm",
        )

    def rest(self, seconds: float) -> None:
        """Let the processes run for a while."""
        self._never.wait(seconds)

    def command(self, step: str, number: signal.Signals) -> None:
        """Order the next trainer at this step to send itself this signal."""
        fresh = self.order.with_suffix(".new")
        fresh.write_text(f"{step} {int(number)}", encoding="ascii")
        fresh.replace(self.order)

    def end_second(self) -> None:
        """Stop the second trainer."""
        if self.second.running:
            self.second.signal(signal.SIGCONT)
            self.second.kill()

    def _make_trainer(self, name: str) -> Process:
        log = self.home.with_suffix(f".{name}.log")
        return Process([sys.executable, TRAINER], self.stack.environ, log)


def is_stopped(pid: int) -> bool:
    """Return whether SIGSTOP has stopped a process."""
    if PROC.is_dir():
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "T"
    return os.waitpid(pid, os.WUNTRACED | os.WNOHANG) != (0, 0)
