"""Emojify as real processes, with the product's commands, free ports and a new home."""

import os
import signal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from support.deadlines import eventually
from support.homes import processes_of
from support.processes import PYTHON, Process, clean_environ, free_port

# Rate limits that count requests, but that no test reaches.
RAISED = " ".join(f"{what}=100000000/minute" for what in ("predictions", "corrections"))
STARTS_WITHIN = 60  # seconds; for slow machines, not the promised time


class Stack:
    """Parts of an installation: `redis`, `worker`, `web`, `flower`, `train`; `local` is all.

    Parts start by name and share one home. Leaving the context ends every process of that home,
    whatever the test did to it.
    """

    MODULES = {  # noqa: RUF012  (a constant)
        "redis": "deploy.local.valkey",
        "worker": "worker",
        "web": "web",
        "flower": "deploy.flower",
        "train": "worker.training",
        "local": "deploy.local",
    }

    def __init__(self, home: Path, **variables: str) -> None:
        self.home, self.port, self.flower_port = home, free_port(), free_port()
        self.environ = clean_environ(
            EMOJIFY_HOME=str(home),
            EMOJIFY_PORT=str(self.port),
            EMOJIFY_FLOWER_PORT=str(self.flower_port),
            **variables,
        )
        self.url = f"http://127.0.0.1:{self.port}"
        self.flower_url = f"http://127.0.0.1:{self.flower_port}"
        # Without the environment's proxies: every request stays on this machine.
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=20)
        self.parts: dict[str, Process] = {}

    def start(self, *names: str) -> Process:
        """Start these parts in order; return the last one."""
        for name in names:
            if name not in self.parts:
                self.parts[name] = self.process(name)
            self.parts[name].start()
        return self.parts[names[-1]]

    def process(self, name: str, **variables: str) -> Process:
        """Return a new part that is not started, with these settings."""
        log = self.home.with_suffix(f".{name}-{len(variables)}.log")
        return Process([*PYTHON, self.MODULES[name]], self.environ | variables, log)

    def until_ready(self) -> None:
        """Wait until the stack can answer predictions."""
        try:
            eventually(self.ready, within=STARTS_WITHIN, what="the stack is ready")
        except AssertionError as e:
            raise AssertionError(f"{e}\n{self.output()}") from e

    def until_warm(self) -> None:
        """Wait until the trainer has imported TensorFlow, and the processor is free."""
        self.parts["train"].says("ready to learn", within=120)

    def until_up(self) -> None:
        """Wait until the web process answers, with or without its dependencies."""
        eventually(lambda: self.answers("/healthz"), within=STARTS_WITHIN, what="web is up")

    def ready(self) -> bool:
        """Tell whether /readyz succeeds."""
        return self.answers("/readyz")

    def answers(self, path: str) -> bool:
        """Tell whether a GET of the path succeeds."""
        try:
            return self.http.get(path).is_success
        except httpx.TransportError:
            return False

    def predict(self, text: str, wait: int = 10) -> dict[str, Any]:
        """Predict one text over HTTP; return the response."""
        options = {"json": {"text": text}, "headers": {"Prefer": f"wait={wait}"}}
        body: dict[str, Any] = self.http.post("/api/v1/predictions", **options).json()
        return body

    def output(self) -> str:
        """Return the output of all parts."""
        return "\n".join(f"--- {name}\n{part.output()}" for name, part in self.parts.items())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.http.close()  # the web waits three seconds for open connections
        try:
            for name in sorted(self.parts, key="redis".__eq__):  # last, because the others need it
                self.parts[name].end()
        finally:
            for pid in processes_of(self.home):
                os.kill(pid, signal.SIGKILL)
