"""Prediction ids: the signer recognizes its own, and no others."""

import string
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.redis_clock import CLOCK

SIGNER = IdSigner("a key")
ALPHABET = string.ascii_letters + string.digits + "-_"
# Milliseconds since the epoch that fit into an id: until the year 10889.
TIMES = st.integers(min_value=0, max_value=2**48 - 1).map(lambda ms: ms / 1000)


@given(TIMES)
def test_id_contains_its_time_of_issue(moment: float) -> None:
    """The age of a prediction needs no stored record."""
    assert SIGNER.issued_at(SIGNER.new(moment)) == pytest.approx(moment, abs=0.0011)


def test_id_is_issued_now_by_default() -> None:
    """The age of a prediction starts with its request, by the clock that all processes share."""
    before = CLOCK.now()
    issued = SIGNER.issued_at(SIGNER.new())
    assert issued
    assert before - 0.002 <= issued <= CLOCK.now()


@given(TIMES, st.integers(0, 31), st.sampled_from(ALPHABET))
def test_any_altered_character_is_refused(moment: float, position: int, letter: str) -> None:
    """No client can change an id's time or guess another id."""
    known = SIGNER.new(moment)
    altered = known[:position] + letter + known[position + 1 :]
    assert (SIGNER.issued_at(altered) is None) == (altered != known)


@given(st.text())
def test_any_text_is_refused_without_an_error(text: str) -> None:
    """For any text in the address, the id is unknown."""
    assert SIGNER.issued_at(text) is None


@given(st.text(ALPHABET, min_size=32, max_size=32))
def test_a_well_formed_guess_is_refused(guess: str) -> None:
    """The right format is not enough."""
    assert SIGNER.issued_at(guess) is None


@given(TIMES, st.text(min_size=1).filter(lambda key: key != SIGNER.key and key.isprintable()))
def test_id_of_another_key_is_refused(moment: float, key: str) -> None:
    """Ids of another installation are unknown."""
    assert SIGNER.issued_at(IdSigner(key).new(moment)) is None


@pytest.mark.parametrize(
    "change", [str.lower, str.upper, lambda i: i + "=", lambda i: i[:-1], lambda i: " " + i[1:]]
)
def test_id_has_one_spelling(change: object) -> None:
    """Other spellings of an id are unknown."""
    assert callable(change)
    assert SIGNER.issued_at(change(SIGNER.new())) is None


def test_ids_are_unique() -> None:
    """Two requests in the same millisecond get different ids."""
    assert len({SIGNER.new(now=1_000_000) for _ in range(10_000)}) == 10_000


def test_id_needs_no_quoting_in_a_url() -> None:
    """Clients put it into a URL as it is."""
    assert all(set(SIGNER.new()) <= set(ALPHABET) for _ in range(1000))
    assert len(SIGNER.new()) == 32


@given(TIMES)
def test_one_pattern_matches_the_ids_of_one_process(moment: float) -> None:
    """Redis tells a process the answers to its own requests only."""
    own, other = SIGNER.for_sender(), SIGNER.for_sender()
    known = own.new(moment)
    assert SIGNER.issued_at(known) == own.issued_at(known) == pytest.approx(moment, abs=0.0011)
    assert fnmatchcase(known, own.pattern)
    assert own.is_own(known)
    assert not fnmatchcase(known, other.pattern)
    assert not other.is_own(known)
    assert not SIGNER.is_own(known)


def test_ids_of_one_process_are_unique() -> None:
    """In the same millisecond, too."""
    signer = SIGNER.for_sender()
    assert len({signer.new(now=1_000_000) for _ in range(10_000)}) == 10_000
