"""Another client during an attack, and the judge of what it noticed.

Use it around an attack: `with Bystander(stack) as bystander: attack(stack)`. Then `judge` asserts
what every attack must leave to others, and `whole_again` that the service heals by itself.
"""

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from support.bystander_process import EVERY, WAIT
from support.deadlines import eventually
from support.processes import REPOSITORY, Process, clean_environ
from support.stack import Stack

# What every attack must leave to others (docs/threat-model.md).
HEALTH_P99 = 0.25  # seconds
WHOLE_WITHIN = 60  # seconds after the attack's end
GRACE = 0.5  # seconds for connecting and for the client's own work, beside WAIT
ANSWERS = {200, 429, 503}
ADDRESS = "198.51.100.7"  # reserved for documents, as are the attackers' below
SAMPLES = 200  # of /healthz, which a judgement needs at least


@dataclass(frozen=True, slots=True)
class Sample:
    """One request of the bystander. Its `status` is 0 if nothing answered."""

    kind: str  # "health" or "prediction"
    moment: float  # seconds since the epoch, when it was sent
    status: int
    seconds: float


class Bystander:
    """A client with an address of its own, which asks from entering the context to its end."""

    def __init__(self, stack: Stack, address: str = ADDRESS) -> None:
        log = stack.home.with_suffix(f".bystander-{address}.log")
        command = [sys.executable, "-m", "support.bystander_process", str(stack.port), address]
        environ = clean_environ(PYTHONPATH=os.fspath(REPOSITORY / "tests"))
        self._process = Process(command, environ, log)

    def __enter__(self) -> Self:
        """Start it; return when it has asked for the first time."""
        self._process.log.unlink(missing_ok=True)  # of an earlier attack on this stack
        self._process.start()
        for kind in ("health", "prediction"):
            self._process.says(f'"{kind}"', within=20)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.end()

    def samples(self, kind: str) -> list[Sample]:
        """Return the requests of a kind so far."""
        lines = self._process.output().splitlines(keepends=True)
        found = (Sample(**json.loads(line)) for line in lines if line.endswith("\n"))
        return [sample for sample in found if sample.kind == kind]

    def until_asked(self, requests: int = SAMPLES) -> None:
        """Wait until it has asked so often; an attack that ended sooner is judged with these."""
        eventually(lambda: len(self.samples("health")) >= requests, within=120)

    def judge(self) -> str:
        """Return its figures. Raises AssertionError if the attack kept it from its answers."""
        health, asked = self.samples("health"), self.samples("prediction")
        figures = self.figures()
        assert len(health) >= SAMPLES, figures
        assert {sample.status for sample in health} == {200}, figures
        assert percentile_99(health) < HEALTH_P99, figures
        assert {sample.status for sample in asked} <= ANSWERS, figures
        assert max(sample.seconds for sample in asked) < WAIT + GRACE, figures
        return figures

    def figures(self) -> str:
        """Return what it noticed in two lines."""
        lines = []
        for kind in ("health", "prediction"):
            samples = self.samples(kind)
            slowest = max((sample.seconds for sample in samples), default=0)
            statuses = dict(Counter(sample.status for sample in samples))
            p99 = percentile_99(samples)
            lines.append(f"{kind}: p99 {p99:.3f} s, slowest {slowest:.3f} s, statuses {statuses}")
        return "\n".join(lines)


def percentile_99(samples: list[Sample]) -> float:
    """Return the seconds within which 99 of 100 requests ended, or would have ended.

    While one request hangs, the bystander sends no other. Those count as if it had sent them.
    """
    times = []
    for sample in samples:
        left = sample.seconds
        while left > 0:
            times.append(left)
            left -= EVERY[sample.kind]
    return sorted(times)[(len(times) * 99 - 1) // 100] if times else 0.0


def whole_again(stack: Stack, within: float = WHOLE_WITHIN) -> None:
    """Wait until five predictions in a row are answered and /readyz succeeds, without a hand."""

    def works() -> bool:
        return stack.ready() and all(answered(stack) for _ in range(5))

    eventually(works, within=within, what=f"the stack is whole again\n{tail(stack)}")


def answered(stack: Stack) -> bool:
    """Tell whether a prediction of a client with an unused address succeeds at once."""
    sent = {"Prefer": f"wait={WAIT}", "X-Forwarded-For": "198.51.100.8"}
    body = {"text": "I cried all night."}
    answer = stack.http.post("/api/v1/predictions", json=body, headers=sent)
    return answer.status_code == 200 and answer.json()["state"] == "succeeded"


def attacker(number: int = 1) -> dict[str, str]:
    """Return the header that gives a request the address of an attacker."""
    return {"X-Forwarded-For": f"203.0.113.{number}"}


def tail(stack: Stack, size: int = 4_000) -> str:
    """Return the end of the stack's output."""
    return stack.output()[-size:]


def resident_bytes(pid: int) -> int:
    """Return the memory of a process and of all its children."""
    pages = int((Path("/proc") / str(pid) / "statm").read_text(encoding="ascii").split()[1])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(resident_bytes(int(each)) for each in children)
