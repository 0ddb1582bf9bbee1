"""Places that networks share when they run short."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from web.http.fair_places import FairPlaces

OFFICE, HOME, LATE, MACHINE = "203.0.113.1", "198.51.100.7", "2001:db8::/64", "127.0.0.1"


@pytest.fixture
def held() -> Iterator[ExitStack]:
    """Hold places until the test ends."""
    with ExitStack() as held:
        yield held


def taken(places: FairPlaces, network: str, held: ExitStack) -> int:
    """Take as many places as the network gets, until `held` closes."""
    count = 0
    while held.enter_context(places.hold(network)):
        count += 1
    return count


def test_a_network_holds_as_many_places_as_stay_free(held: ExitStack) -> None:
    """However many it asks for, the next ones find some."""
    places = FairPlaces(24)
    assert [taken(places, network, held) for network in (OFFICE, HOME, LATE)] == [12, 6, 3]


def test_places_that_are_given_back_are_shared_anew(held: ExitStack) -> None:
    """What is free counts, not what was free once."""
    places = FairPlaces(4)
    with ExitStack() as office:
        assert [taken(places, OFFICE, office), taken(places, HOME, held)] == [2, 1]
    assert taken(places, HOME, held) == 1
    assert taken(places, OFFICE, held) == 1


def test_this_machine_may_hold_all(held: ExitStack) -> None:
    """Nobody shares it with strangers; but there are no more places than there are."""
    places = FairPlaces(24)
    assert taken(places, MACHINE, held) == 24
    assert taken(places, OFFICE, held) == 0


def test_a_single_place_is_for_everybody(held: ExitStack) -> None:
    """The smallest count works."""
    assert taken(FairPlaces(1), OFFICE, held) == 1
