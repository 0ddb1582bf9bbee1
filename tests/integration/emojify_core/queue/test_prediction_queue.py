"""The prediction queue with a real Redis and a real worker."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from emojify_core.labels import LABELS
from emojify_core.messages import PredictRequest, State, Task
from emojify_core.queue.celery_app import LOST_AFTER, RESULT_EXPIRES
from emojify_core.queue.grouping.gathering import Gathering
from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.prediction_queue import PredictionQueue, PredictionStatus
from emojify_core.queue.redis_client import connect
from emojify_core.settings import Settings
from support.deadlines import eventually
from support.installation import CLEAR, JOYFUL, many, one, queue_of


def label_of(status: PredictionStatus | None, position: int = 0) -> str:
    """Return the most likely label of one text."""
    assert status, "unknown id"
    assert status.reply, status
    probabilities = status.reply.answers[position].probabilities
    return LABELS[probabilities.index(max(probabilities))]


def test_submit_waits_for_the_prediction(queue: PredictionQueue) -> None:
    """One call returns the emotion of a text."""
    status = queue.submit(one(), wait=10)
    assert status.state is State.SUCCEEDED
    assert label_of(status) == "joy"
    assert status.reply
    assert status.reply.single
    assert status.reply.model_version == 1


def test_prediction_can_be_fetched_by_its_id(queue: PredictionQueue) -> None:
    """A client may disconnect and fetch the result later."""
    status = queue.submit(one())
    assert status == PredictionStatus(status.id, State.QUEUED)
    assert label_of(queue.find(status.id, wait=10)) == "joy"
    assert label_of(queue.find(status.id)) == "joy", "a result can be fetched more than once"


def test_prediction_can_be_awaited_in_another_process(
    queue: PredictionQueue, settings: Settings
) -> None:
    """Behind a load balancer, the next request may reach another web process."""
    with queue_of(settings) as other:
        for _ in range(3):
            assert label_of(other.find(queue.submit(one()).id, wait=10)) == "joy"


@pytest.mark.parametrize(("text", "label"), CLEAR.items(), ids=CLEAR.values())
def test_clear_texts_get_the_expected_label(queue: PredictionQueue, text: str, label: str) -> None:
    """The worker serves the shipped model."""
    status = queue.submit(one(text), wait=10)
    assert label_of(status) == label
    assert status.reply
    assert status.reply.answers[0].confident


def test_invalid_text_in_a_list_gets_its_own_error(
    queue: PredictionQueue,
) -> None:
    """A blank text does not fail the others, and the order is kept."""
    texts = [*CLEAR, "  ", JOYFUL]
    status = queue.submit(many(*texts), wait=10)
    assert status.reply
    assert not status.reply.single
    answers = status.reply.answers
    assert len(answers) == len(texts)
    assert answers[5].error
    assert answers[5].error[0] == "blank"
    assert [label_of(status, position) for position in (0, 1, 2, 3, 4, 6)] == [
        *CLEAR.values(),
        "joy",
    ]


def test_seven_probabilities_sum_to_one(queue: PredictionQueue) -> None:
    """Displayed percentages add up."""
    status = queue.submit(one("I am not sure what to feel."), wait=10)
    assert status.reply
    (answer,) = status.reply.answers
    assert len(answer.probabilities) == len(LABELS)
    assert sum(answer.probabilities) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize("foreign", ["", "abc", "é" * 32, "A" * 32, "\N{PILE OF POO}"])
def test_forged_id_is_unknown(queue: PredictionQueue, foreign: str) -> None:
    """Guessing ids reveals nothing."""
    assert queue.find(foreign) is None


def test_id_of_another_key_is_unknown(queue: PredictionQueue) -> None:
    """Ids of another installation are unknown."""
    assert queue.find(IdSigner("another key").new(), wait=5) is None


def test_prediction_without_a_result_becomes_lost(queue: PredictionQueue, signer: IdSigner) -> None:
    """A client learns within 30 seconds that its prediction is lost."""
    status = queue.find(signer.new(now=time.time() - LOST_AFTER - 0.1))
    assert status
    assert status.state is State.FAILED
    assert status.error
    assert status.error[0] == "lost"
    assert LOST_AFTER < 30


def test_recent_prediction_without_a_result_is_queued(
    queue: PredictionQueue, signer: IdSigner
) -> None:
    """A worker may still answer it."""
    status = queue.find(signer.new(now=time.time() - LOST_AFTER + 5))
    assert status
    assert status.state is State.QUEUED


def test_old_prediction_is_expired(queue: PredictionQueue, signer: IdSigner) -> None:
    """A late client sees "expired", not "unknown"."""
    status = queue.find(signer.new(now=time.time() - RESULT_EXPIRES - 1))
    assert status
    assert status.state is State.EXPIRED
    assert status.error
    assert status.error[0] == "expired"


def test_results_expire_in_redis(queue: PredictionQueue, settings: Settings) -> None:
    """Redis does not fill up with old results, and keeps no user's text."""
    status = queue.submit(one("A sentence that no other test sends: zanzibar."), wait=10)
    with connect(settings.resolved_redis_url) as client:
        key = f"celery-task-meta-{status.id}"
        assert 0 < client.ttl(key) <= RESULT_EXPIRES
        assert b"zanzibar" not in client.get(key)

        def is_gone() -> bool:  # the worker acknowledges the message just after the result
            values = [client.dump(name) or b"" for name in client.scan_iter()]
            return not any(b"zanzibar" in value for value in values)

        eventually(is_gone, within=5, what="no key holds the text")


def test_message_of_another_release_fails(queue: PredictionQueue) -> None:
    """A worker that cannot read a request fails it, and answers the next one."""

    class Newer(PredictRequest):
        def to_payload(self) -> dict[str, object]:
            return {"v": 999, "something": "else"}

    status = queue.submit(Newer((), single=True, request_id="test"), wait=10)
    assert status.state is State.FAILED
    assert status.error
    assert status.error[0] == "broken"
    assert label_of(queue.submit(one(), wait=10)) == "joy"


def test_forged_message_is_dropped(queue: PredictionQueue, settings: Settings) -> None:
    """The worker logs and drops it, and answers the next request."""
    pickled = {
        "body": "gASVAAAA",
        "content-type": "application/x-python-serialize",
        "content-encoding": "binary",
        "headers": {"task": Task.PREDICT, "id": "forged"},
        "properties": {
            "delivery_info": {"exchange": "", "routing_key": "predict"},
            "delivery_tag": "forged",
            "body_encoding": "base64",
        },
    }
    with connect(settings.resolved_redis_url) as client:
        client.lpush("predict", json.dumps(pickled))
        eventually(lambda: client.llen("predict") == 0, within=10, what="the worker took it")
    assert label_of(queue.submit(one(), wait=10)) == "joy"


def test_threads_get_their_own_results(queue: PredictionQueue) -> None:
    """Sixteen concurrent clients never get each other's result."""
    texts = list(CLEAR) * 32

    def predict(text: str) -> str:
        return label_of(queue.submit(one(text), wait=10))

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(predict, texts)) == [CLEAR[text] for text in texts]


def test_wait_without_a_result_ends_in_time(queue: PredictionQueue, signer: IdSigner) -> None:
    """A wait of one second takes one second."""
    started = time.monotonic()
    status = queue.find(signer.new(), wait=1)
    assert status
    assert status.state is State.QUEUED
    assert 0.9 < time.monotonic() - started < 8


def test_wait_includes_the_time_to_publish(
    queue: PredictionQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow Redis does not prolong the client's wait."""
    published: list[float] = []
    deadlines: list[float] = []
    monkeypatch.setattr(Gathering, "_follow", lambda *arguments: deadlines.append(arguments[-1]))
    monkeypatch.setattr(
        queue._gathering,  # noqa: SLF001
        "_publish",
        lambda *_: published.append(time.monotonic()),
    )
    assert queue.submit(one(), wait=3).state is State.QUEUED
    assert deadlines[0] <= published[0] + 3


def test_waits_reuse_their_connection(queue: PredictionQueue, settings: Settings) -> None:
    """A web process does not use up Redis's connections."""
    with connect(settings.resolved_redis_url) as client:
        queue.submit(one(), wait=10)
        before = client.info("clients")["connected_clients"]
        for _ in range(50):
            queue.submit(one(), wait=10)
        # The worker may open or close a connection at the same time.
        assert client.info("clients")["connected_clients"] <= before + 3
