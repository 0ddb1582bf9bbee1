"""Messages arrive as they were sent, or are refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.answer import Answer
from emojify_core.labels import EMOTIONS, LABELS
from emojify_core.messages import (
    FINAL_STATES,
    VERSION,
    ChunkRequest,
    Influence,
    PredictReply,
    PredictRequest,
    SplitRequest,
    State,
    UnknownMessageError,
)

TEXTS = st.text(st.characters())  # all of Unicode, halves of surrogate pairs included
REQUESTS = st.builds(
    PredictRequest,
    st.lists(TEXTS, max_size=5).map(tuple),
    st.booleans(),
    st.text(),
    st.booleans(),
)
PROBABILITIES = st.lists(st.floats(0, 1), min_size=7, max_size=7).map(tuple)
ANSWERS = st.one_of(
    st.builds(
        Answer,
        PROBABILITIES,
        st.booleans(),
        emotional=st.none() | st.floats(0, 1),
        none=st.booleans(),
        understood=st.booleans(),
    ),
    st.builds(Answer, error=st.tuples(st.text(), TEXTS)),
)
INFLUENCES = st.builds(Influence, st.integers(0), st.integers(1), st.floats(-1, 1))
REPLIES = st.builds(
    PredictReply,
    st.lists(ANSWERS, max_size=5).map(tuple),
    st.booleans(),
    st.integers(1),
    influences=st.none() | st.lists(INFLUENCES, max_size=5).map(tuple),
    milliseconds=st.none() | st.floats(0, 1e6),
)


def sent(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload as it comes out of the queue: through JSON."""
    body: dict[str, Any] = json.loads(json.dumps(payload))
    return body


@given(PROBABILITIES)
def test_the_best_label_is_the_first_of_the_likeliest(probabilities: tuple[float, ...]) -> None:
    """An equal probability further on does not win."""
    label, confidence = Answer(probabilities).best
    assert confidence == max(probabilities)
    assert LABELS.index(label) == probabilities.index(confidence)


@given(REQUESTS)
def test_a_request_arrives_as_it_was_sent(request: PredictRequest) -> None:
    """Any text reaches the model unchanged."""
    assert PredictRequest.from_payload(sent(request.to_payload())) == request


@given(REPLIES)
def test_a_reply_arrives_as_it_was_sent(reply: PredictReply) -> None:
    """The client gets exactly what the model returned."""
    assert PredictReply.from_payload(sent(reply.to_payload())) == reply


def test_messages_of_the_previous_release_are_read() -> None:
    """No request or result is lost during an upgrade."""
    request = PredictRequest(("a",), single=True, request_id="r").to_payload()
    del request["explain"]
    assert PredictRequest.from_payload(request).explain is False
    reply = PredictReply((), single=True, model_version=1).to_payload()
    for newer in ("digests", "influences", "milliseconds"):
        del reply[newer]
    assert PredictReply.from_payload(reply).influences is None


LAST_RELEASE: dict[str, Any] = {
    "v": 1,
    "rows": [[1, 0.94, *[0.01] * 6], {"code": "blank", "message": "Write at least one word."}],
    "single": False,
    "model_version": 3,
    "digests": ["a", "b"],
    "influences": None,
    "milliseconds": 1.5,
}


def test_answers_of_a_worker_that_knows_no_gate_are_read() -> None:
    """Its model finds an emotion in every text."""
    joy, blank = PredictReply.from_payload(LAST_RELEASE).answers
    assert joy == Answer((0.94, *[0.01] * 6), confident=True)
    assert (joy.emotional, joy.none, joy.understood) == (None, False, True)
    assert blank.error


def test_a_web_of_the_last_release_reads_answers_of_a_gated_model() -> None:
    """It takes what it knows from each row, and nothing that it knows has another meaning."""
    blank = Answer(error=("blank", "Write at least one word."))
    silent = Answer((0.4, *[0.1] * 6), emotional=0.2, none=True, understood=False)
    payload = sent(PredictReply((silent, blank), single=False, model_version=4).to_payload())
    assert payload["v"] == LAST_RELEASE["v"]
    assert LAST_RELEASE.keys() <= payload.keys()
    # Word for word what that release reads.
    answers = [
        (row["code"], row["message"]) if isinstance(row, dict) else (tuple(row[1:]), bool(row[0]))
        for row in payload["rows"]
    ]
    assert answers == [(silent.probabilities, False), blank.error]


@given(st.text(), st.integers(0))
def test_batch_requests_arrive_as_they_were_sent(batch_id: str, number: int) -> None:
    """They hold ids only; the texts stay in the file store."""
    chunk, part = ChunkRequest(batch_id, number), SplitRequest(batch_id)
    assert ChunkRequest.from_payload(sent(chunk.to_payload())) == chunk
    assert SplitRequest.from_payload(sent(part.to_payload())) == part


@given(st.one_of(st.none(), st.text(), st.floats(), st.integers()).filter(lambda v: v != VERSION))
def test_a_payload_of_another_version_is_refused(version: object) -> None:
    """Two releases side by side never misread a message."""
    request = PredictRequest(("a",), single=True, request_id="r").to_payload() | {"v": version}
    reply = PredictReply((), single=True, model_version=1).to_payload() | {"v": version}
    with pytest.raises(UnknownMessageError, match="message version"):
        PredictRequest.from_payload(request)
    with pytest.raises(UnknownMessageError, match="message version"):
        PredictReply.from_payload(reply)
    for kind in (PredictRequest, ChunkRequest, SplitRequest):
        with pytest.raises(UnknownMessageError):
            kind.from_payload({"batch_id": "b", "number": 0})


def test_every_state_but_queued_and_running_is_final() -> None:
    """Clients stop polling at the right moment."""
    assert set(State) - FINAL_STATES == {State.QUEUED, State.RUNNING}


def test_the_labels_have_the_order_of_the_article() -> None:
    """Number 3 means sadness in both."""
    assert LABELS == ("joy", "fear", "anger", "sadness", "disgust", "shame", "guilt")
    assert len({emotion.emoji for emotion in EMOTIONS}) == 7
