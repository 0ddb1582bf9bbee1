"""Threads and processes that do the same at once: one wins, the others get a clear error."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import IdempotencyConflictError, StalePointerError
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.versions.repository import VersionRepository
from support import racing
from support.learning import Trainer, draft, publication, sha256
from support.racing import Racer, race

S = CorrectionState


def in_threads(work: Callable[[int], Any], count: int = 8) -> list[Any]:
    """Call `work(number)` in `count` threads at once; return their results or exceptions."""
    barrier = Barrier(count)
    results: list[Any] = [None] * count

    def run(number: int) -> None:
        barrier.wait(10)
        try:
            results[number] = work(number)
        except Exception as e:  # noqa: BLE001 - the test looks at the errors
            results[number] = e

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_concurrent_repeats_of_a_request_store_one_correction(
    corrections: CorrectionRepository,
) -> None:
    """A client that sends the same request eight times has corrected once."""
    results = in_threads(lambda _: corrections.add(draft(idempotency_key="k")))
    assert len({stored.id for stored, _ in results}) == 1
    assert sorted(is_new for _, is_new in results) == [False] * 7 + [True]
    assert len(corrections.page()) == 1


def test_concurrent_requests_with_one_key_store_the_first(
    corrections: CorrectionRepository,
) -> None:
    """The other requests get an idempotency conflict."""
    results = in_threads(lambda n: corrections.add(draft(f"text {n}", idempotency_key="k")))
    refused = [one for one in results if isinstance(one, IdempotencyConflictError)]
    assert len(refused) == 7
    assert len(corrections.page()) == 1


def test_concurrent_contradictions_leave_one_accepted(
    corrections: CorrectionRepository, trainer: Trainer
) -> None:
    """The trainer never gets two labels for one text."""
    labels = ("joy", "fear", "anger", "sadness")
    results = in_threads(lambda n: trainer.correct("tears", labels[n % 4]))
    assert not [one for one in results if isinstance(one, Exception)]
    accepted = corrections.waiting()
    assert len({one.label for one in accepted}) == 1
    assert accepted[-1] == corrections.page(limit=1)[0]


def test_sequence_numbers_follow_the_order_of_commits(corrections: CorrectionRepository) -> None:
    """A client that continues after the last correction it saw misses none."""
    seen: list[int] = []

    def work(number: int) -> None:
        for turn in range(5):
            corrections.add(draft(f"text {number} {turn}"))
            newest = max([one.sequence for one in corrections.page(after=0, limit=100)])
            seen.append(newest)
            page = corrections.page(after=0, limit=100)
            numbers = [one.sequence for one in page if one.sequence <= newest]
            assert sorted(numbers) == list(range(1, newest + 1))

    assert in_threads(work, count=6) == [None] * 6
    assert max(seen) == 30


def test_one_publisher_per_generation_wins(
    trainer: Trainer, versions: VersionRepository, corrections: CorrectionRepository
) -> None:
    """The version list has no fork, even if several trainers believe they hold the lock."""
    versions.ensure_base(sha256("base"), {})
    ids = [trainer.correct(f"text {n}").id for n in range(8)]
    trainer.take(ids)
    results = in_threads(lambda n: versions.publish(publication(f"new {n}", 1, [ids[n]]), 1))
    lost = [one for one in results if isinstance(one, StalePointerError)]
    assert len(lost) == 7
    assert versions.live().generation == 2
    assert len(versions.newest_first()) == 2
    assert len(corrections.page(state=S.LIVE)) == 1
    assert len(versions.contents(2)) == 1


def test_publishers_that_retry_all_succeed(trainer: Trainer, versions: VersionRepository) -> None:
    """A stale publisher starts again from the live version and loses no work."""
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

    assert in_threads(work, count=6) == [None] * 6
    assert versions.live().generation == 7
    assert [one.parent for one in versions.newest_first()] == [6, 5, 4, 3, 2, 1, None]
    assert sorted(versions.contents(7)) == sorted(ids)


def test_concurrent_starts_agree_on_one_base_version(url: str, versions: VersionRepository) -> None:
    """Any worker may be the first to start in a new installation or release."""
    for generation, name in enumerate(("base", "another release"), 1):
        sums = race(racing.ensure_base, [(url, name)] * 4)
        assert set(sums) == {sha256(name)}
        assert versions.live().generation == generation
        assert versions.live().version.sha256 == sums[0]


def test_one_of_several_publishing_processes_wins(
    url: str, trainer: Trainer, versions: VersionRepository
) -> None:
    """The database decides, so this holds between machines too."""
    versions.ensure_base(sha256("base"), {})
    ids = [trainer.correct(f"text {n}").id for n in range(4)]
    trainer.take(ids)
    results = race(racing.publish, [(url, f"new {n}", "1", ids[n]) for n in range(4)])
    assert sorted(results) == ["published", *["stale_pointer"] * 3]
    assert len(versions.newest_first()) == 2


@pytest.mark.parametrize("moment", ["after_cursor_execute", "commit"])
def test_killing_a_publisher_before_its_commit_changes_nothing(
    engine: Engine, url: str, trainer: Trainer, versions: VersionRepository, moment: str
) -> None:
    """The last good version stays live and the next trainer need not wait."""
    versions.ensure_base(sha256("base"), {})
    one = trainer.correct("text")
    trainer.take([one.id])
    before = versions.live(), trainer.corrections.page()
    hanging = racing.event_between_processes()
    racer = Racer(racing.publish_and_hang, url, moment, hanging, one.id)
    racer.go()
    assert hanging.wait(60)
    assert (versions.live(), trainer.corrections.page()) == before, "half of it is visible"
    racer.kill()
    engine.dispose()
    assert (versions.live(), trainer.corrections.page()) == before
    versions.publish(publication("next", 1, [one.id]), 1)
    assert trainer.states(one) == ["live"]
