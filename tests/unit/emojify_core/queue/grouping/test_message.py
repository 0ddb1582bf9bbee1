"""A group arrives as it was sent; a worker of the previous release reads a list of its texts."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.messages import PredictRequest, UnknownMessageError
from emojify_core.queue.grouping.message import GroupMember, GroupRequest

TEXTS = st.text(st.characters())  # all of Unicode, halves of surrogate pairs included
REQUESTS = st.builds(
    PredictRequest,
    st.lists(TEXTS, min_size=1, max_size=4).map(tuple),
    st.booleans(),
    st.text(),
    st.booleans(),
)
MEMBERS = st.builds(GroupMember, st.text(), REQUESTS, st.floats(0, 1e10))
GROUPS = st.lists(MEMBERS, min_size=1, max_size=6).map(lambda each: GroupRequest(tuple(each)))


def sent(group: GroupRequest) -> dict[str, Any]:
    """Return the payload as it comes out of the queue: through JSON."""
    payload: dict[str, Any] = json.loads(json.dumps(group.to_payload()))
    return payload


@given(GROUPS)
def test_a_group_arrives_as_it_was_sent(group: GroupRequest) -> None:
    """Every text, id and expiry, in order."""
    assert GroupRequest.from_payload(sent(group)) == group


@given(GROUPS)
def test_an_older_worker_reads_a_list(group: GroupRequest) -> None:
    """It knows nothing of members, and explains lists never."""
    read = PredictRequest.from_payload(sent(group))
    assert read.texts == group.texts
    assert not read.single
    assert not read.explain
    assert read.request_id == group.request_ids


@given(GROUPS)
def test_places_say_whose_texts_these_are(group: GroupRequest) -> None:
    """So a list of answers can be split."""
    split = [group.texts[place] for place in group.places]
    assert split == [member.request.texts for member in group.members]


def test_a_message_without_members_is_no_group() -> None:
    """A request that travels alone looks as it always did."""
    alone = PredictRequest(("a",), single=True, request_id="test")
    assert GroupRequest.from_payload(alone.to_payload()) is None


def test_a_group_of_another_release_is_refused() -> None:
    """Its texts may mean something else."""
    with pytest.raises(UnknownMessageError):
        GroupRequest.from_payload({"v": 999, "members": []})
