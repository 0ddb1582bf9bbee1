"""The faults: each one returns when every process runs again."""

import signal
import time
from collections.abc import Callable
from contextlib import suppress

from chaos.rig import Rig, is_stopped
from chaos.round import Round
from emojify_core.queue.celery_app import make_celery
from emojify_core.queue.trainer_notification import wake_trainer
from emojify_core.settings import Settings
from support.deadlines import eventually
from worker.training.lock import LIFE

# In the order of an update. At "written" the artifact is not in the store yet; at "stored" it is,
# but the live pointer has not moved; at "published" it has.
STEPS = ("woken", "taken", "loaded", "trained", "judged", "written", "stored", "published")
REACHED_WITHIN = 45.0  # seconds until the trainer reaches the step
PAUSED_FOR = LIFE + 2

Fault = Callable[[Rig, Round], None]


def kill_at(step: str) -> Fault:
    """Kill the trainer right after this step; start it again."""

    def fault(rig: Rig, now: Round) -> None:
        _until_obeyed(rig, now, step, signal.SIGKILL)
        _restart(rig, now)

    return fault


def kill_in_rebuild(rig: Rig, now: Round) -> None:
    """Kill the trainer when it starts to rebuild the model without an undone correction."""
    now.until_live(2)
    rig.command("rebuilding", signal.SIGKILL)
    now.undo_one()
    assert _obeyed(rig), "the trainer never began to rebuild"
    _restart(rig, now)


def kill_anywhere(rig: Rig, now: Round) -> None:
    """Kill the trainer at a random moment."""
    now.submit(3)
    rig.rest(now.chance.uniform(0, 4))
    rig.trainer.kill()
    _restart(rig, now)


def pause_at(step: str, *, until_published: bool) -> Fault:
    """Stop the trainer for longer than its lock lives, while a second trainer takes over.

    It resumes while the second learns the same corrections, or after the second has published
    (`until_published`).
    """

    def fault(rig: Rig, now: Round) -> None:
        _until_obeyed(rig, now, step, signal.SIGSTOP)
        eventually(lambda: is_stopped(rig.trainer.pid), within=20)
        stopped, live = time.monotonic(), now.live()
        rig.second.start()
        rig.until_warm(rig.second)
        now.submit(1)
        rig.rest(max(0.0, stopped + PAUSED_FOR - time.monotonic()))
        if until_published:
            eventually(lambda: now.live() > live, within=REACHED_WITHIN)
        rig.trainer.signal(signal.SIGCONT)

    return fault


def two_trainers(rig: Rig, now: Round) -> None:
    """Start a second trainer by mistake; both run until the schedule ends."""
    if not rig.second.running:
        rig.second.start()
        rig.until_warm(rig.second)
    now.submit(4)


def kill_redis(rig: Rig, now: Round) -> None:
    """Kill Redis while corrections arrive; start it again."""
    with rig.outages.of("redis"):
        rig.redis.kill()
        now.submit(2)
        rig.rest(now.chance.uniform(0, 2))
        rig.redis.start()


def empty_redis(rig: Rig, now: Round) -> None:
    """Delete everything in Redis: messages, results, the lock."""
    now.submit(2)
    with rig.outages.of("redis"), rig.redis.client() as client:
        client.flushall()


def kill_web(rig: Rig, now: Round) -> None:
    """Kill the web process right after a 202; start it again."""
    now.submit(1)
    with rig.outages.of("web"):
        rig.stack.parts["web"].kill()
        rig.stack.start("web")
        rig.stack.until_up()


def duplicate_messages(rig: Rig, now: Round) -> None:
    """Send the trainer many duplicate notifications."""
    celery = make_celery(Settings.from_env(rig.stack.environ))
    now.submit(2)
    for _ in range(10):
        wake_trainer(celery)
    celery.close()


def roll_back(rig: Rig, now: Round) -> None:
    """Roll back to a version while the trainer may be busy."""
    del rig
    now.submit(2)
    now.roll_back()


def undo(rig: Rig, now: Round) -> None:
    """Undo a correction in any state."""
    del rig
    now.submit(1)
    now.undo_one()


def _restart(rig: Rig, now: Round) -> None:
    """Start a killed trainer; the next fault may come before or after it is warm."""
    rig.trainer.wait(within=10)
    rig.trainer.start()
    if now.chance.random() < 0.5:
        rig.until_warm(rig.trainer)


def _until_obeyed(rig: Rig, now: Round, step: str, number: signal.Signals) -> None:
    """Give an order and send corrections until a trainer reaches the step."""
    rig.command(step, number)
    now.submit(3)
    assert _obeyed(rig), f"the trainer never came to the step {step}"


def _obeyed(rig: Rig) -> bool:
    """Wait until a trainer took the order; withdraw it if none does."""
    with suppress(AssertionError):
        return bool(eventually(lambda: not rig.order.exists(), within=REACHED_WITHIN))
    rig.order.unlink(missing_ok=True)
    return False
