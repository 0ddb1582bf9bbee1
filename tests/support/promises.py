"""The promises that hold after any events on corrections and versions, in any order."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.limits import REBUILD_EVERY
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.versions.rebuilds import is_rebuild_due
from emojify_core.storage.versions.repository import VersionRepository

S = CorrectionState


@dataclass
class Known:
    """What the test itself did, to compare with the database."""

    sent: dict[str, tuple[str, str]] = field(default_factory=dict)  # id: text, label
    unaccepted: set[str] = field(default_factory=set)  # never passed a review
    ended: dict[CorrectionState, set[str]] = field(
        default_factory=lambda: {
            state: set() for state in (S.REFUSED, S.FAILED, S.ROLLED_BACK, S.REMOVED, S.REJECTED)
        }
    )
    patient: set[str] = field(default_factory=set)  # deleted by owners, and no rebuild asked for
    contents: dict[int, list[str]] = field(default_factory=lambda: {1: []})


def check(corrections: CorrectionRepository, versions: VersionRepository, known: Known) -> None:
    """Raise AssertionError when a promise is broken."""
    stored = {one.id: one for one in corrections.page(limit=10_000)}
    live = _check_chain(versions, known)
    _check_nothing_disappeared(stored, known)
    _check_live(stored, live, known.contents[live], versions, corrections)
    _check_rebuild(versions, known)
    _check_labels(stored)


def _check_chain(versions: VersionRepository, known: Known) -> int:
    """Check the version list; return the live version, whose contents are as expected."""
    chain = versions.newest_first()[::-1]
    numbers = [one.version for one in chain]
    assert numbers == list(range(1, len(known.contents) + 1)), "no gap, nothing lost"
    assert [one.parent for one in chain] == [None, *numbers[:-1]], "one parent each, no fork"
    live, generation = versions.live()
    assert live == chain[-1], "the pointer is at the end"
    assert generation == len(chain), "one generation for each version"
    assert versions.contents(live.version) == known.contents[live.version]
    return live.version


def check_past(versions: VersionRepository, known: Known) -> None:
    """Raise AssertionError if the contents of a version changed since it was published."""
    assert {number: versions.contents(number) for number in known.contents} == known.contents


def _check_nothing_disappeared(stored: dict[str, Correction], known: Known) -> None:
    assert stored.keys() == known.sent.keys()
    for one in stored.values():
        for state, ids in known.ended.items():
            assert one.state is not state or one.id in ids, f"the test did not make this {state}"
        assert one.state is not S.SUPERSEDED or one.superseded_by in stored
        if one.id in known.ended[S.REMOVED]:
            assert one.state is S.REMOVED
            assert (one.text, one.normalised) == ("", "")
        else:
            assert (one.text, one.label) == known.sent[one.id]
        if one.id in known.unaccepted:
            assert one.state in {S.REVIEW, S.REJECTED, S.REMOVED}


def _check_live(
    stored: dict[str, Correction],
    live_version: int,
    contents: list[str],
    versions: VersionRepository,
    corrections: CorrectionRepository,
) -> None:
    """Check the live version; `_check_chain` has compared its contents with the database."""
    held = Counter(contents)
    assert set(held.values()) <= {1}, "no correction is applied twice"
    for name in held:
        assert stored[name].state in {S.LIVE, S.SUPERSEDED, S.REMOVED}
    live = [one for one in stored.values() if one.state is S.LIVE]
    learned = {
        version: {one.id for one in corrections.learned_by(version or 0)}
        for version in {one.version for one in live}
    }
    for one in live:
        assert held[one.id] == 1, "a live correction is in the live version"
        assert one.id in learned[one.version], "it names the version that learned it"
        assert one.before is not None
    removed = {name for name in held if stored[name].state is S.REMOVED}
    assert set(versions.removed_in_live()) == removed
    clean = versions.newest_without_removed().version
    names = contents if clean == live_version else versions.contents(clean)
    assert not [name for name in names if stored[name].state is S.REMOVED]


def _check_rebuild(versions: VersionRepository, known: Known) -> None:
    """Check that a rebuild is due at once for an undo, and once an hour for owners' deletions."""
    removed = set(versions.removed_in_live())
    rebuilt = [one.created_at for one in versions.newest_first() if one.cause["kind"] == "undo"]
    recent = bool(rebuilt) and versions.now() - max(rebuilt) < timedelta(seconds=REBUILD_EVERY)
    due = bool(removed - known.patient) or bool(removed and not recent)
    assert is_rebuild_due(versions.engine, versions.now()) == due


def _check_labels(stored: dict[str, Correction]) -> None:
    for states in (ACCEPTED, {S.LIVE}):
        labels: dict[str, set[str]] = {}
        for one in stored.values():
            if one.state in states and one.normalised:
                labels.setdefault(one.normalised, set()).add(one.label)
        assert all(len(of_text) == 1 for of_text in labels.values()), "two labels for one text"
