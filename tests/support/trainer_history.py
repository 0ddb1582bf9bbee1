"""Any history of corrections and trainers that die, pause or meet each other."""

import os
import shutil
import tempfile
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.errors import StorageUnavailableError, TransitionError
from emojify_core.settings import Settings
from emojify_core.storage.factory import open_storage
from emojify_core.storage.versions.rebuilds import is_rebuild_due, request_rebuild
from support.databases import Databases
from support.fake_update_runner import BASE_FILES, FakeUpdateRunner
from support.learning import sha256
from support.trainer import STEPS, CrashableTrainer
from worker.training.sweeper import GRACE, sweep

if TYPE_CHECKING:
    from collections.abc import Callable

S = CorrectionState

TEXTS = st.sampled_from(["rain", "RAIN", "sun", "snow", "harm", "unknown", "too much", "poison"])
LABELS = st.sampled_from(["joy", "anger"])
ANY = st.integers(0, 10_000)  # picks one of those that exist
MOMENTS = st.sampled_from(["now", "learning", "stored"])
# Only an administrator or a rollback moves a correction out of these states.
ENDED = {S.REFUSED, S.FAILED, S.REJECTED, S.ROLLED_BACK, S.REMOVED}


class TrainerHistory(RuleBasedStateMachine):
    """Clients, an administrator, one or two trainers, and everything that ends them."""

    def __init__(self, databases: Databases) -> None:
        super().__init__()
        self.databases, self.url = databases, databases.fresh()
        self.home = Path(tempfile.mkdtemp(prefix="emojify-"))
        self.update_runner = FakeUpdateRunner(self.home)
        self.sent: dict[str, str] = {}
        self.ended: dict[str, CorrectionState] = {}
        self.patient: set[str] = set()  # deleted by their owners
        self.generation = 0
        self.first, self.second = self.process(), self.process()
        self.storage = self.first.storage

    def process(self) -> CrashableTrainer:
        """Start a process with its own storage."""
        environ = {"EMOJIFY_HOME": str(self.home), "EMOJIFY_DATABASE_URL": self.url}
        return CrashableTrainer(open_storage(Settings.from_env(environ)), self.update_runner)

    @initialize()
    def begin(self) -> None:
        """Install: the shipped model becomes version 1."""
        self.ship(BASE_FILES)

    @rule(which=st.integers(0, 2), when=MOMENTS)
    def release(self, which: int, when: str) -> None:
        """Start a process of a release that ships another model, new or old."""
        self.at(when, lambda: self.ship(sha256(f"release {which}") if which else BASE_FILES))

    def ship(self, name: str) -> None:
        """Store a shipped model without corrections, as each start of a process does."""
        folder = Path(tempfile.mkdtemp(dir=self.home))
        (folder / "manifest.json").write_text("{}")
        self.storage.models.put(name, folder)
        self.update_runner.models.setdefault(name, [])
        self.storage.versions.ensure_base(name, {})

    def teardown(self) -> None:
        """Let a trainer finish the work: no correction may be stuck, no deletion forgotten."""
        request_rebuild(self.storage.engine)
        self.patient.clear()
        self.train()
        self.the_promises_hold()
        for each in (self.first, self.second):
            each.storage.engine.dispose()
        self.databases.give_back(self.url)
        shutil.rmtree(self.home)

    @rule(text=TEXTS, label=LABELS)
    def submit(self, text: str, label: str) -> None:
        """Send a correction as a client."""
        self.sent[self.first.correct(text, label)] = text

    @rule()
    def train(self) -> None:
        """Let a trainer run to its end."""
        self.first.run()
        assert not self.in_states(ACCEPTED), "no correction is stuck"
        removed = self.storage.versions.removed_in_live()
        assert not is_rebuild_due(self.storage.engine, datetime.now(UTC))
        assert set(removed) <= self.patient, "no correction that was undone is live"
        self.ended |= self.now_ended()

    @rule(text=TEXTS, step=st.sampled_from([*STEPS, "rebuilding"]))
    def crash(self, text: str, step: str) -> None:
        """Send a correction and kill the trainer at a step, if it gets there."""
        self.submit(text, "joy")
        self.first.crash(step)

    @rule()
    def redeliver(self) -> None:
        """Deliver the message that woke the trainer again."""
        self.first.run()
        live = self.first.live()
        assert self.first.run() == 0
        assert self.first.live() == live

    @rule(text=TEXTS, holds=st.booleans(), stored=st.booleans(), step=st.sampled_from(["", *STEPS]))
    def stand_still(self, text: str, step: str, *, holds: bool, stored: bool) -> None:
        """Send a correction and pause a trainer; a second one takes over; then continue.

        The second one may be killed at a step. `holds`: the first one still believes that it
        holds the lock.
        """
        self.submit(text, "joy")
        lost: list[bool] = []

        def crash_second() -> None:
            self.second.crash(step)
            lost.append(not holds)

        self.during_training(crash_second, lambda: not any(lost), stored=stored)

    @rule(which=ANY, requeue=st.booleans(), when=MOMENTS)
    def roll_back(self, which: int, when: str, *, requeue: bool) -> None:
        """Roll back to some version, older or newer, perhaps while the trainer learns."""
        target = which % self.first.live() + 1

        def activate() -> None:
            with suppress(TransitionError):  # it contains a removed correction
                self.storage.versions.activate(target, by="admin", why="", requeue=requeue)
            self.ended.clear()

        self.at(when, activate)

    @rule(which=ANY, when=MOMENTS, patient=st.booleans())
    def undo(self, which: int, when: str, *, patient: bool) -> None:
        """Erase a text, perhaps while the trainer learns it; an owner's rebuild may wait."""
        left = [one for one in sorted(self.sent) if self.ended.get(one) is not S.REMOVED]

        def erase() -> None:
            if left:
                one = left[which % len(left)]
                self.first.undo(one, may_wait=patient)
                self.patient |= {one} if patient else set()
                self.ended[left[which % len(left)]] = S.REMOVED

        self.at(when, erase)

    @rule(which=ANY)
    def accept_again(self, which: int) -> None:
        """Queue a refused or failed correction again, as an administrator may."""
        refused = self.in_states({S.REFUSED, S.FAILED})
        if refused:
            one = refused[which % len(refused)]
            self.storage.corrections.move([one], S.QUEUED, by="admin", why="")
            self.ended.pop(one, None)

    @rule()
    def lose_the_storage(self) -> None:
        """Let the store fail while the trainer learns."""
        self.submit("sun", "anger")

        def fail() -> None:
            raise StorageUnavailableError("away")

        self.update_runner.during_training = fail
        with suppress(StorageUnavailableError):
            self.first.run()
        self.update_runner.during_training = lambda: None

    @rule()
    def sweep(self) -> None:
        """Sweep when all files are old."""
        past = time.time() - 2 * GRACE.total_seconds()
        for stored in self.storage.files.list("models"):
            os.utime(self.home / "store" / stored.name, (past, past))
        sweep(self.storage, self.home)

    @invariant()
    def the_promises_hold(self) -> None:
        """Check all promises after each step."""
        if not self.generation and not self.storage.versions.newest_first():
            return
        chain = self.storage.versions.newest_first()[::-1]
        numbers = [one.version for one in chain]
        assert numbers == list(range(1, len(chain) + 1)), "no gap"
        assert [one.parent for one in chain] == [None, *numbers[:-1]], "no fork"
        tuned = [one for one in chain if one.cause["kind"] == "fine_tune"]
        assert all(one.source == one.parent for one in tuned), "nothing stale is published"
        live, generation = self.storage.versions.live()
        assert (live, generation) == (chain[-1], len(chain)), "the pointer is at the end"
        assert generation >= self.generation
        self.generation = generation
        held = Counter(self.first.held())  # this also compares the files
        assert set(held.values()) <= {1}, "nothing is applied twice"
        stored = {one.id: one for one in self.storage.corrections.page(limit=10_000)}
        assert stored.keys() == self.sent.keys(), "nothing is lost"
        for one in stored.values():
            assert one.text == ("" if one.state is S.REMOVED else self.sent[one.id])
            assert (one.state is S.LIVE) <= (held[one.id] == 1)
        now = {name: one.state for name, one in stored.items()}
        assert {name: now[name] for name in self.ended} == self.ended, (
            "an ended correction stays as it is"
        )
        self.ended |= self.now_ended()

    def at(self, when: str, action: "Callable[[], None]") -> None:
        """Run the action now, while a trainer learns, or just before it publishes."""
        if when == "now":
            action()
        else:
            self.submit("rain", "joy")
            self.during_training(action, stored=when == "stored")

    def during_training(
        self,
        action: "Callable[[], None]",
        allowed: "Callable[[], bool]" = lambda: True,
        *,
        stored: bool,
    ) -> None:
        """Run a trainer; if it has work to do, the action happens in the middle."""
        if stored:
            self.first.before_publishing = action
        else:
            self.update_runner.during_training = action
        self.first.run(allowed)
        self.first.before_publishing = self.update_runner.during_training = lambda: None

    def now_ended(self) -> dict[str, CorrectionState]:
        """Return the corrections that have ended, with their states."""
        every = self.storage.corrections.page(limit=10_000)
        return {one.id: one.state for one in every if one.state in ENDED}

    def in_states(self, states: "set[CorrectionState] | frozenset[CorrectionState]") -> list[str]:
        """Return the ids of all corrections in these states, oldest first."""
        every = self.storage.corrections.page(limit=10_000)[::-1]
        return [one.id for one in every if one.state in states]
