"""Keeps the processes of the local run: starts them in order, restarts what dies, stops them all.

Our own instead of a library for three things a user notices: Redis starts first and stops last
(so that workers can still hand in what they finished), a crashed process comes back, and one
line says when everything is ready. See docs/decisions/0003-own-supervisor.md.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from emojify_core.errors import EmojifyError

STOP_WITHIN = 8  # seconds until what still runs is killed
DEATHS, PER_SECONDS = 4, 60  # a process that dies more often than this is given up


class ChildDiedError(EmojifyError):
    """A process keeps dying; its own last lines say why."""

    code = "child_died"


@dataclass(slots=True)
class Child:
    """One process to keep: a name for its log lines, and its command."""

    name: str
    command: Sequence[str]
    process: asyncio.subprocess.Process | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))


Say = Callable[[str, str], None]  # name of the speaker, line


class Supervisor:
    """Runs tiers of children; a tier is started before, and stopped after, those behind it.

    Children keep `keep_fds` open: who holds a lock on one of them knows that a child still lives.
    """

    def __init__(
        self, tiers: Sequence[Sequence[Child]], say: Say, *, keep_fds: Sequence[int] = ()
    ) -> None:
        self._tiers, self._say, self._keep_fds = tiers, say, tuple(keep_fds)
        self._stopping = asyncio.Event()

    async def run(self, ready: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run until SIGINT or SIGTERM; `ready` is started along with the children.

        Raises ChildDiedError when a process keeps dying; by then all others are stopped.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopping.set)
        stopped = asyncio.create_task(self._stopping.wait())
        waiting = asyncio.create_task(ready())
        keepers = [asyncio.create_task(self._keep(child)) for tier in self._tiers for child in tier]
        try:
            done, _ = await asyncio.wait([stopped, *keepers], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()  # raises what a keeper found
        finally:
            self._stopping.set()
            waiting.cancel()
            await self._stop()
            await asyncio.gather(stopped, waiting, *keepers, return_exceptions=True)

    async def _keep(self, child: Child) -> None:
        while not self._stopping.is_set():
            child.process = await asyncio.create_subprocess_exec(
                *child.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop them in order
                pass_fds=self._keep_fds,
                limit=1 << 20,
            )
            await self._relay(child)
            code = await child.process.wait()
            if self._stopping.is_set():
                return
            how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited ({code})"
            child.deaths.append(time.monotonic())
            if len(child.deaths) == DEATHS and child.deaths[-1] - child.deaths[0] < PER_SECONDS:
                raise ChildDiedError(
                    f"{child.name} {how}, for the {DEATHS}th time within {PER_SECONDS} seconds. "
                    f"Its last lines above say why; everything else was stopped."
                )
            self._say("run", f"{child.name} {how}; starting it again")
            await asyncio.sleep(len(child.deaths) * 0.5)

    async def _relay(self, child: Child) -> None:
        output = child.process.stdout if child.process else None
        while output:
            try:
                line = await output.readline()
            except ValueError:  # a line beyond the limit: the reader has dropped it
                continue
            if not line:
                return
            self._say(child.name, line.decode(errors="replace").rstrip())

    async def _stop(self) -> None:
        deadline = time.monotonic() + STOP_WITHIN
        for tier in reversed(self._tiers):
            for child in tier:
                _signal(child, signal.SIGTERM)
            for child in tier:
                if child.process:
                    with contextlib.suppress(TimeoutError):
                        left = max(0.1, deadline - time.monotonic())
                        await asyncio.wait_for(child.process.wait(), left)
            for child in tier:
                if _signal(child, signal.SIGKILL) and child.process:
                    await child.process.wait()
                    self._say("run", f"{child.name} did not stop in time and was killed")


def _signal(child: Child, number: signal.Signals) -> bool:
    """Signal a living child and what it started; tell whether it lived."""
    if child.process is None or child.process.returncode is not None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, number)
    return True
