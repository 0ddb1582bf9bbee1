"""Clients take turns in training, and one client's long texts do not fill the groups."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pytest

from emojify_core.correction_states import CorrectionState
from emojify_core.limits import MAX_CORRECTION_WORDS, MAX_GROUP_WORDS
from emojify_core.storage.corrections.records import Correction
from worker.training.turns import GROUP_SIZES, Turns

NOW = datetime(2026, 1, 1, tzinfo=UTC)

Make = Callable[..., Correction]


@pytest.fixture
def make() -> Make:
    """Return a maker of corrections, which number themselves."""
    numbers = count(1)

    def correction(
        client: str, words: int = 10, *, network: str | None = None, attempts: int = 0
    ) -> Correction:
        number = next(numbers)
        nothing = dict.fromkeys(
            ("prediction_id", "reason", "error", "superseded_by", "version", "before", "after"),
        )
        return Correction(
            id=str(number),
            sequence=number,
            created_at=NOW,
            updated_at=NOW,
            client=client,
            network=network,
            text="word " * words,
            normalised="",
            label="joy",
            state=CorrectionState.QUEUED,
            attempts=attempts,
            seconds=None,
            decided_by=None,
            decided_why=None,
            **nothing,
        )

    return correction


def test_each_client_has_one_correction_before_any_has_two(make: Make) -> None:
    """A client with fifty waiting corrections does not delay the second client."""
    many = [make("mallory") for _ in range(50)]
    one = make("anna")
    group = Turns().next_group([*many, one])
    assert [each.client for each in group[:3]] == ["mallory", "anna", "mallory"]
    assert len(group) == GROUP_SIZES[0]


def test_new_cookies_of_one_address_share_a_turn(make: Make) -> None:
    """Without a cookie each request is a new client, but the address stays the same."""
    many = [make(f"cookie:{number}", network="one") for number in range(50)]
    group = Turns().next_group([*many, make("cookie:anna", network="other")])
    assert [each.network for each in group[:3]] == ["one", "other", "one"]


def test_clients_of_one_address_take_turns_too(make: Make) -> None:
    """Colleagues behind one address do not wait for the one who sends most."""
    many = [make("cookie:mallory", network="office") for _ in range(50)]
    group = Turns().next_group([*many, make("cookie:anna", network="office")])
    assert "cookie:anna" in {each.client for each in group[:2]}


def test_group_has_a_bounded_number_of_words(make: Make) -> None:
    """One long text goes; the next long ones wait, and short ones are not held up."""
    long = [make(f"mallory {number}", 380) for number in range(20)]
    short = make("anna")
    assert Turns().next_group([*long, short]) == [long[0], short]


def test_a_single_text_goes_however_long_it_is(make: Make) -> None:
    """A text with too many words is refused at once and costs nothing, so it takes no room."""
    longest, refused = make("a", MAX_CORRECTION_WORDS), make("b", MAX_CORRECTION_WORDS + 1)
    turns = Turns()
    turns.record([], [longest])
    assert turns.next_group([longest]) == [longest]
    assert Turns().next_group([longest, refused]) == [longest, refused]


def test_long_text_gets_its_turn_after_the_long_text_of_another(make: Make) -> None:
    """Who had a turn comes after who had none, however many corrections wait."""
    many, one = [make("mallory", 380) for _ in range(50)], make("anna", 380)
    turns = Turns()
    first = turns.next_group([*many, one])
    assert first == many[:1]
    turns.record(first, put_off=())
    assert turns.next_group([*many[1:], one]) == [one]


def test_what_was_put_off_keeps_its_turn(make: Make) -> None:
    """A correction that an update had no time for leads the next group, with fewer beside it."""
    long, others = make("a", 200), [make(name, 70) for name in "bcd"]
    turns = Turns()
    first = turns.next_group([long, *others])
    assert first == [long, *others]
    turns.record(others[:1], put_off=[long, *others[1:]])
    assert turns.next_group([long, *others[1:], make("e", 30)]) != [long, *others[1:]]
    assert turns.next_group([long, *others[1:]])[0] == long


def test_groups_grow_again_after_updates_that_decide_everything(make: Make) -> None:
    """One slow update does not slow down learning for good."""
    waiting = [make(str(number), 20) for number in range(24)]
    turns = Turns()
    for _ in range(20):
        turns.record([], put_off=waiting[:1])
    assert len(turns.next_group(waiting)) == 1
    for _ in range(10):
        turns.record([], put_off=())
    assert len(turns.next_group(waiting)) == MAX_GROUP_WORDS // 20


def test_group_holds_corrections_with_equally_many_attempts(make: Make) -> None:
    """Corrections that may break training are tried in groups of their own."""
    again, fresh = [make("a", attempts=3), make("b", attempts=3)], make("c")
    assert Turns().next_group([*again, fresh]) == again[:1]
    assert Turns().next_group([fresh, *again]) == [fresh]
