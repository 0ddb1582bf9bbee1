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
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from deploy.local.child import PER_SECONDS, Child, ChildDiedError, Next
from deploy.local.output import Log
from deploy.local.relay import Relay

STOP_WITHIN = 8  # seconds until running processes are killed
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # the last: the terminal was closed


class Supervisor:
    """Runs tiers of processes; a tier starts before the next ones, and stops after them.

    The processes inherit `keep_fds`. A lock on one of them is held while any process runs.
    `on_change` is called after each exit, and when a degraded process runs well again.
    """

    def __init__(
        self,
        tiers: Sequence[Sequence[Child]],
        log: Log,
        *,
        keep_fds: Sequence[int] = (),
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._tiers, self._log, self._keep_fds = tiers, log, tuple(keep_fds)
        self._on_change = on_change
        self._stopping = asyncio.Event()
        self._was_ready = False

    async def run(self, report_readiness: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run until a signal of STOP_SIGNALS; `report_readiness` runs beside the processes.

        Raises ChildDiedError when a process exits too often before the first readiness; all others
        are stopped by then. Afterwards no exit ends the run.
        """
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._stopping.set)
        stopped = asyncio.create_task(self._stopping.wait())
        reporting = asyncio.create_task(self._report(report_readiness))
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

    async def _report(self, report_readiness: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await report_readiness()
        self._was_ready = True

    async def _keep(self, child: Child) -> None:
        while not self._stopping.is_set():
            child.started()
            relay, output = await Relay.open(partial(self._log, child.name))
            try:
                child.process = await asyncio.create_subprocess_exec(
                    *child.command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=asyncio.subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C reaches only us; we stop them in order
                    pass_fds=self._keep_fds,
                )
            finally:
                os.close(output)
            recovery = asyncio.get_running_loop().call_later(
                PER_SECONDS, self._note_recovery, child
            )
            await relay.ended
            code = await child.process.wait()
            recovery.cancel()
            if self._stopping.is_set():
                return
            how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited ({code})"
            pause = self._pause_after(child, how)
            self._on_change()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    def _note_recovery(self, child: Child) -> None:
        if child.degraded:
            child.ran_well()
            self._on_change()

    def _pause_after(self, child: Child, how: str) -> float:
        """Log an exit; return the seconds until the next start."""
        after = child.died(time.monotonic(), was_ready=self._was_ready)
        if after is Next.END:
            raise ChildDiedError(
                f"{child.name} {how}, for the {child.too_often} and the stack was never ready. "
                "Its last lines above say why. All other processes are stopped."
            )
        if after is Next.DEGRADE:
            self._log(
                "run",
                f"{child.name} {how}, for the {child.too_often}; going on without it (degraded); "
                f"predictions do not need it. Next try in {child.pause:.0f} s",
            )
        else:
            self._log("run", f"{child.name} {how}; starting it again in {child.pause:g} s")
        return child.pause

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
