"""Any history of corrections, trainings, rollbacks, undos and crashes, for Hypothesis."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import event

from emojify_core.correction_states import IN_TRAINING, CorrectionState
from emojify_core.errors import StalePointerError, StorageError, TransitionError
from emojify_core.limits import KEEP_REFUSED
from emojify_core.storage.corrections.erasure import OWNER, erase_ended
from emojify_core.storage.versions.rebuilds import request_rebuild
from support.installation_history import Installation
from support.learning import draft, publication

if TYPE_CHECKING:
    from collections.abc import Callable

S = CorrectionState

TEXTS = st.sampled_from(["tears", "TEARS", "rain", "sun", ""])
LABELS = st.sampled_from(["joy", "anger", "guilt"])
ANY = st.integers(0, 10_000)  # picks one of those that exist
LIMIT = 2  # failed trainings


class PowerCutError(Exception):
    """Raised at the moment of a commit."""


class History(Installation):
    """Clients, an administrator, a trainer and a power cut, in any order."""

    @rule(text=TEXTS, label=LABELS, review=st.booleans())
    def add(self, text: str, label: str, *, review: bool) -> None:
        """Send a correction as a client; it is accepted or waits for review."""
        self.clock.forward(seconds=1)
        state = S.REVIEW if review else S.QUEUED
        stored, _ = self.corrections.add(draft(text, label), state)
        self.known.sent[stored.id] = (text, label)
        if review:
            self.known.unaccepted.add(stored.id)

    @rule(which=ANY, accept=st.booleans())
    def decide(self, which: int, *, accept: bool) -> None:
        """Accept or reject a correction as an administrator."""
        if one := self.one_of(which, {S.REVIEW}):
            self.corrections.move([one], S.QUEUED if accept else S.REJECTED, by="admin")
            self.known.unaccepted.discard(one)
            if not accept:
                self.known.ended[S.REJECTED].add(one)

    @rule(count=st.integers(1, 5))
    def take(self, count: int) -> None:
        """Take waiting corrections as far as the gate."""
        waiting = [one.id for one in self.corrections.waiting()][:count]
        self.corrections.move(waiting, S.TRAINING)
        self.corrections.move(waiting, S.CHECKING)

    @rule(skip=st.integers(0, 2))
    def publish(self, skip: int) -> None:
        """Publish the taken corrections, or a part of them."""
        live, generation = self.versions.live()
        learned = self.in_states(IN_TRAINING)[skip:]
        new = publication(f"tune {live.version}", live.version, learned)
        self.appended(lambda: self.versions.publish(new, generation))

    @rule(skip=st.integers(0, 2))
    def rebuild(self, skip: int) -> None:
        """Publish a model made from the base, perhaps without some corrections."""
        live, generation = self.versions.live()
        learned = self.in_states(IN_TRAINING | {S.LIVE})
        # The trainer takes live corrections first: of two opposites, the newer one is in training.
        texts = {self.corrections.get(one).normalised: one for one in learned}
        new = publication(f"rebuild {live.version}", 1, sorted(texts.values())[skip:], "undo")
        self.appended(lambda: self.versions.publish(new, generation))

    @rule(which=ANY, final=st.booleans())
    def refuse(self, which: int, *, final: bool) -> None:
        """Refuse a candidate for good, or to try smaller groups."""
        if one := self.one_of(which, IN_TRAINING):
            base = self.versions.live().version.version
            self.versions.record_refusal(
                base_version=base, correction_ids=[one], figures={}, reason="Harm.", final=final
            )
            if final:
                self.known.ended[S.REFUSED].add(one)

    @rule(which=ANY)
    def break_training(self, which: int) -> None:
        """Let a training fail."""
        one = self.one_of(which, IN_TRAINING)
        if one and self.corrections.fail_attempt(one, "broken", LIMIT).state is S.FAILED:
            self.known.ended[S.FAILED].add(one)

    @rule(which=ANY)
    def accept_again(self, which: int) -> None:
        """Queue a refused, failed or rolled back correction again."""
        if one := self.one_of(which, {S.REFUSED, S.FAILED, S.ROLLED_BACK}):
            assert self.corrections.move([one], S.QUEUED, by="admin") == [one]

    @rule(which=ANY, requeue=st.booleans())
    def roll_back(self, which: int, *, requeue: bool) -> None:
        """Roll back to any version, older or newer."""
        target = which % len(self.known.contents) + 1
        live = set(self.in_states({S.LIVE}))
        removed = self.known.ended[S.REMOVED] & set(self.known.contents[target])
        before = self.versions.live()
        try:
            now = self.versions.activate(target, by="admin", why="", requeue=requeue)
        except TransitionError:
            assert removed
            return
        if now != before.version:
            self.known.contents[now.version] = self.known.contents[target]
            assert not removed
        if not requeue:
            self.known.ended[S.ROLLED_BACK] |= live - set(self.known.contents[target])

    @rule(which=ANY)
    def undo(self, which: int) -> None:
        """Erase the text of a correction."""
        if one := self.one_of(which, set(S) - {S.REMOVED}):
            self.corrections.erase_text(one, by="admin", why="")
            self.known.ended[S.REMOVED].add(one)
            self.known.unaccepted.discard(one)
            self.known.patient.discard(one)

    @rule(which=ANY)
    def delete_own(self, which: int) -> None:
        """Delete a correction as its owner; the rebuild waits for an hour after the last one."""
        if one := self.one_of(which, set(S) - {S.REMOVED}):
            self.corrections.erase_text(one, by=OWNER, why="", may_wait=True)
            self.known.ended[S.REMOVED].add(one)
            self.known.unaccepted.discard(one)
            self.known.patient.add(one)

    @rule(hours=st.integers(0, 2))
    def wait(self, hours: int) -> None:
        """Let time pass."""
        self.clock.forward(hours=hours)

    @rule()
    def hurry(self) -> None:
        """Ask for a rebuild as an administrator."""
        due = request_rebuild(self.engine)
        assert due == len(self.versions.removed_in_live())
        self.known.patient.clear()

    @rule(days=st.sampled_from([1, KEEP_REFUSED + 1]))
    def sweep(self, days: int) -> None:
        """Let time pass and sweep the texts whose time is over."""
        swept = set(self.in_states({S.REFUSED, S.FAILED, S.REJECTED}))
        self.clock.forward(days=days)
        erase_ended(self.engine, self.clock())
        gone = {one for one in swept if self.corrections.get(one).state is S.REMOVED}
        assert gone == swept or days == 1
        self.known.ended[S.REMOVED] |= gone
        self.known.unaccepted -= gone

    @rule()
    def publish_too_late(self) -> None:
        """Try to publish with a stale generation."""
        live, generation = self.versions.live()
        new = publication("late", live.version, self.in_states(IN_TRAINING))
        with pytest.raises(StalePointerError):
            self.versions.publish(new, generation - 1)

    @rule()
    def learn_twice(self) -> None:
        """Try to publish a correction that the model contains already."""
        live, generation = self.versions.live()
        for one in self.versions.contents(live.version)[:1]:
            with pytest.raises(StorageError):
                self.versions.publish(publication("twice", live.version, [one]), generation)

    @rule(which=ANY)
    def crash(self, which: int) -> None:
        """Lose power during the commit of a publication, a correction or an undo."""
        live, generation = self.versions.live()
        one = self.one_of(which, set(S))
        new = publication("never", live.version, self.in_states(IN_TRAINING))
        works: list[Callable[[], object]] = [
            lambda: self.versions.publish(new, generation),
            lambda: self.corrections.add(draft("never"), S.QUEUED),
            lambda: self.corrections.erase_text(one or "", by="admin", why=""),
        ]
        before = self.corrections.page(limit=10_000)
        event.listen(self.engine, "commit", _power_cut)
        with pytest.raises((PowerCutError, StorageError)):
            works[which % len(works)]()
        self.engine.dispose()
        self.connect()
        assert self.corrections.page(limit=10_000) == before


def _power_cut(_: object) -> None:
    raise PowerCutError
