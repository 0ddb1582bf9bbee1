"""Supervises the processes of the local run: it starts, restarts and stops them in order.

It replaces a library for three features. Redis starts first and stops last, so that workers can
store their last results. A crashed process restarts. One line reports when everything is ready.
See docs/decisions/0003-own-supervisor.md.
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

STOP_WITHIN = 8  # seconds until running processes are killed
DEATHS, PER_SECONDS = 4, 60  # a process that exits so often ends the run


class ChildDiedError(EmojifyError):
    """A process exits again and again; its own last lines say why."""


@dataclass(slots=True)
class Child:
    """A process to keep running: a name for its log lines, and its command."""

    name: str
    command: Sequence[str]
    process: asyncio.subprocess.Process | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))


Log = Callable[[str, str], None]  # process name, line


class Supervisor:
    """Runs tiers of processes; a tier starts before the next ones, and stops after them.

    The processes inherit `keep_fds`. A lock on one of them is held while any process runs.
    """

    def __init__(
        self, tiers: Sequence[Sequence[Child]], log: Log, *, keep_fds: Sequence[int] = ()
    ) -> None:
        self._tiers, self._log, self._keep_fds = tiers, log, tuple(keep_fds)
        self._stopping = asyncio.Event()

    async def run(self, report_readiness: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run until SIGINT or SIGTERM; `report_readiness` runs beside the processes.

        Raises ChildDiedError when a process exits too often; all others are stopped by then.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopping.set)
        stopped = asyncio.create_task(self._stopping.wait())
        reporting = asyncio.create_task(report_readiness())
        keepers = [asyncio.create_task(self._keep(child)) for tier in self._tiers for child in tier]
        try:
            done, _ = await asyncio.wait([stopped, *keepers], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()  # raises a keeper's ChildDiedError
        finally:
            self._stopping.set()
            reporting.cancel()
            await self._stop()
            await asyncio.gather(stopped, reporting, *keepers, return_exceptions=True)

    async def _keep(self, child: Child) -> None:
        while not self._stopping.is_set():
            child.process = await asyncio.create_subprocess_exec(
                *child.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches only us; we stop them in order
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
                    f"Its last lines above say why. All other processes are stopped."
                )
            self._log("run", f"{child.name} {how}; starting it again")
            await asyncio.sleep(len(child.deaths) * 0.5)

    async def _relay(self, child: Child) -> None:
        output = child.process.stdout if child.process else None
        while output:
            try:
                line = await output.readline()
            except ValueError:  # the line exceeds the limit, and the reader has dropped it
                continue
            if not line:
                return
            self._log(child.name, line.decode(errors="replace").rstrip())

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
                    self._log("run", f"{child.name} did not stop in time and was killed")


def _signal(child: Child, number: signal.Signals) -> bool:
    """Signal a running child and its process group; tell whether it was running."""
    if child.process is None or child.process.returncode is not None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, number)
    return True
