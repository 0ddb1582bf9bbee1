"""Several who do the same at once: one does it, the others learn so, and nothing is torn."""

import signal
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import IdempotencyConflictError, StalePointerError
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.versions.repository import VersionRepository
from support.learning import Trainer, draft, publication, sha256
from support.racing import go, race, racer, until_said

S = CorrectionState


def together(work: Callable[[int], Any], racers: int = 8) -> list[Any]:
    """Call `work(number)` in this many threads at the same moment; return the outcomes."""
    barrier = Barrier(racers)
    outcomes: list[Any] = [None] * racers

    def run(number: int) -> None:
        barrier.wait(10)
        try:
            outcomes[number] = work(number)
        except Exception as e:  # noqa: BLE001  (an error is an outcome)
            outcomes[number] = e

    threads = [Thread(target=run, args=(number,)) for number in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_request_repeated_at_once_is_stored_once(corrections: CorrectionRepository) -> None:
    """An impatient client that sends eight times has corrected once."""
    outcomes = together(lambda _: corrections.add(draft(idempotency_key="k")))
    assert len({stored.id for stored, _ in outcomes}) == 1
    assert sorted(is_new for _, is_new in outcomes) == [False] * 7 + [True]
    assert len(corrections.page()) == 1


def test_different_requests_under_one_key_at_once_leave_one(
    corrections: CorrectionRepository,
) -> None:
    """Whoever comes first has the key."""
    outcomes = together(lambda n: corrections.add(draft(f"text {n}", idempotency_key="k")))
    refused = [one for one in outcomes if isinstance(one, IdempotencyConflictError)]
    assert len(refused) == 7
    assert len(corrections.page()) == 1


def test_opposites_that_arrive_at_once_leave_one_accepted(
    corrections: CorrectionRepository, trainer: Trainer
) -> None:
    """The trainer never gets two labels for one text."""
    labels = ("joy", "fear", "anger", "sadness")
    outcomes = together(lambda n: trainer.correct("tears", labels[n % 4]))
    assert not [one for one in outcomes if isinstance(one, Exception)]
    accepted = corrections.waiting()
    assert len({one.label for one in accepted}) == 1
    assert accepted[-1] == corrections.page(limit=1)[0]


def test_the_order_of_sequences_is_the_order_of_commits(corrections: CorrectionRepository) -> None:
    """Whoever reads on from the last one she saw misses none."""
    seen: list[int] = []

    def work(number: int) -> None:
        for turn in range(5):
            corrections.add(draft(f"text {number} {turn}"))
            newest = max([one.sequence for one in corrections.page(after=0, limit=100)])
            seen.append(newest)
            page = corrections.page(after=0, limit=100)
            numbers = [one.sequence for one in page if one.sequence <= newest]
            assert sorted(numbers) == list(range(1, newest + 1))

    assert together(work, racers=6) == [None] * 6
    assert max(seen) == 30


def test_of_publishers_with_the_same_generation_one_wins(
    trainer: Trainer, versions: VersionRepository, corrections: CorrectionRepository
) -> None:
    """However many believe to hold the lock, the chain has no fork."""
    versions.ensure_base(sha256("base"), {})
    ids = [trainer.correct(f"text {n}").id for n in range(8)]
    trainer.take(ids)
    outcomes = together(lambda n: versions.publish(publication(f"new {n}", 1, [ids[n]]), 1))
    lost = [one for one in outcomes if isinstance(one, StalePointerError)]
    assert len(lost) == 7
    assert versions.live().generation == 2
    assert len(versions.newest_first()) == 2
    assert len(corrections.page(state=S.LIVE)) == 1
    assert len(versions.contents(2)) == 1


def test_publishers_who_read_again_all_get_their_turn(
    trainer: Trainer, versions: VersionRepository
) -> None:
    """Losing means beginning again, not losing work."""
    versions.ensure_base(sha256("base"), {})
    ids = [trainer.correct(f"text {n}").id for n in range(6)]

    def work(number: int) -> None:
        trainer.take([ids[number]])
        while True:
            live, generation = versions.live()
            try:
                new = publication(f"new {number}", live.version, [ids[number]])
                versions.publish(new, generation)
            except StalePointerError:
                continue
            return

    assert together(work, racers=6) == [None] * 6
    assert versions.live().generation == 7
    assert [one.parent for one in versions.newest_first()] == [6, 5, 4, 3, 2, 1, None]
    assert sorted(versions.contents(7)) == sorted(ids)


def test_processes_that_bring_the_base_at_once_agree_on_one(
    url: str, versions: VersionRepository
) -> None:
    """Every worker may be the first of an installation, or of a release."""
    for generation, name in enumerate(("base", "another release"), 1):
        sums = race("ensure_base", [(url, name)] * 4)
        assert set(sums) == {sha256(name)}
        assert versions.live().generation == generation
        assert versions.live().version.sha256 == sums[0]


def test_of_processes_that_publish_at_once_one_wins(
    url: str, trainer: Trainer, versions: VersionRepository
) -> None:
    """Also between machines, where no lock of a process helps."""
    versions.ensure_base(sha256("base"), {})
    ids = [trainer.correct(f"text {n}").id for n in range(4)]
    trainer.take(ids)
    outcomes = race("publish", [(url, f"new {n}", "1", ids[n]) for n in range(4)])
    assert sorted(outcomes) == ["published", *["stale_pointer"] * 3]
    assert len(versions.newest_first()) == 2


@pytest.mark.parametrize("moment", ["after_cursor_execute", "commit"])
def test_a_publisher_killed_before_its_commit_has_changed_nothing(
    engine: Engine, url: str, trainer: Trainer, versions: VersionRepository, moment: str
) -> None:
    """A power cut leaves the last good version, and the next trainer is not kept waiting."""
    versions.ensure_base(sha256("base"), {})
    one = trainer.correct("text")
    trainer.take([one.id])
    before = versions.live(), trainer.corrections.page()
    process = racer("publish_and_hang", url, moment, one.id)
    until_said(process, "ready")
    go(process)
    until_said(process, "hanging")
    assert (versions.live(), trainer.corrections.page()) == before, "nobody sees half of it"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    engine.dispose()
    assert (versions.live(), trainer.corrections.page()) == before
    versions.publish(publication("next", 1, [one.id]), 1)
    assert trainer.states(one) == ["live"]
