"""Places that networks share when they run short."""

from web.http.fair_places import FairPlaces

OFFICE, HOME, LATE, MACHINE = "203.0.113.1", "198.51.100.7", "2001:db8::/64", "127.0.0.1"


def taken(places: FairPlaces, network: str) -> int:
    """Take as many places as the network gets."""
    count = 0
    while places.take(network):
        count += 1
    return count


def test_a_network_holds_as_many_places_as_stay_free() -> None:
    """However many it asks for, the next ones find some."""
    places = FairPlaces(24)
    assert [taken(places, network) for network in (OFFICE, HOME, LATE)] == [12, 6, 3]


def test_places_that_are_given_back_are_shared_anew() -> None:
    """What is free counts, not what was free once."""
    places = FairPlaces(4)
    assert [taken(places, OFFICE), taken(places, HOME)] == [2, 1]
    for _ in range(2):
        places.give_back(OFFICE)
    assert taken(places, HOME) == 1
    assert taken(places, OFFICE) == 1


def test_this_machine_may_hold_all() -> None:
    """Nobody shares it with strangers; but there are no more places than there are."""
    places = FairPlaces(24)
    assert taken(places, MACHINE) == 24
    assert taken(places, OFFICE) == 0


def test_a_single_place_is_for_everybody() -> None:
    """The smallest count works."""
    assert taken(FairPlaces(1), OFFICE) == 1
