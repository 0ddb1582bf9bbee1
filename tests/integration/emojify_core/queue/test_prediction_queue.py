"""Submitting texts and fetching answers, over a real Redis and a real worker."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from emojify_core.labels import LABELS
from emojify_core.messages import PredictRequest, State, Task
from emojify_core.queue.celery_app import LOST_AFTER, RESULT_EXPIRES
from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.prediction_queue import PredictionQueue, PredictionStatus
from emojify_core.queue.redis_client import connect
from emojify_core.queue.result_subscription import Subscription
from emojify_core.settings import Settings
from support.deadlines import eventually
from support.installation import CLEAR, JOYFUL, many, one


def label_of(status: PredictionStatus | None, place: int = 0) -> str:
    """Return the likeliest label of one answer."""
    assert status, "unknown id"
    assert status.reply, status
    probabilities = status.reply.answers[place].probabilities
    return LABELS[probabilities.index(max(probabilities))]


def test_a_text_is_answered_while_the_client_waits(queue: PredictionQueue) -> None:
    """One call is enough to get the emotion of a text."""
    status = queue.submit(one(), wait=10)
    assert status.state is State.SUCCEEDED
    assert label_of(status) == "joy"
    assert status.reply
    assert status.reply.single
    assert status.reply.model_version == 1


def test_without_waiting_the_answer_is_fetched_by_its_id(queue: PredictionQueue) -> None:
    """A client may leave and come back for its answer."""
    status = queue.submit(one())
    assert status == PredictionStatus(status.id, State.QUEUED)
    assert label_of(queue.find(status.id, wait=10)) == "joy"
    assert label_of(queue.find(status.id)) == "joy", "an answer can be fetched more than once"


@pytest.mark.parametrize(("text", "label"), CLEAR.items(), ids=CLEAR.values())
def test_clear_texts_get_the_label_a_person_would_give(
    queue: PredictionQueue, text: str, label: str
) -> None:
    """The shipped model, at the far end of the queue, is a working one."""
    status = queue.submit(one(text), wait=10)
    assert label_of(status) == label
    assert status.reply
    assert status.reply.answers[0].confident


def test_a_list_is_answered_in_order_and_a_bad_text_gets_its_own_error(
    queue: PredictionQueue,
) -> None:
    """One blank line does not cost the others their answers."""
    texts = [*CLEAR, "  ", JOYFUL]
    status = queue.submit(many(*texts), wait=10)
    assert status.reply
    assert not status.reply.single
    answers = status.reply.answers
    assert len(answers) == len(texts)
    assert answers[5].error
    assert answers[5].error[0] == "blank"
    assert [label_of(status, place) for place in (0, 1, 2, 3, 4, 6)] == [*CLEAR.values(), "joy"]


def test_probabilities_are_seven_and_sum_to_one(queue: PredictionQueue) -> None:
    """What is shown as per cent adds up."""
    status = queue.submit(one("I am not sure what to feel."), wait=10)
    assert status.reply
    (answer,) = status.reply.answers
    assert len(answer.probabilities) == len(LABELS)
    assert sum(answer.probabilities) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize("foreign", ["", "abc", "é" * 32, "A" * 32, "\N{PILE OF POO}"])
def test_an_id_we_never_issued_is_unknown(queue: PredictionQueue, foreign: str) -> None:
    """Who guesses ids learns nothing."""
    assert queue.find(foreign) is None


def test_an_id_signed_with_another_key_is_unknown(queue: PredictionQueue) -> None:
    """Ids of another installation mean nothing here."""
    assert queue.find(IdSigner("another key").new(), wait=5) is None


def test_a_prediction_that_redis_forgot_ends_as_lost(
    queue: PredictionQueue, signer: IdSigner
) -> None:
    """Nobody waits for ever: within 30 seconds a lost prediction says so."""
    status = queue.find(signer.new(now=time.time() - LOST_AFTER - 0.1))
    assert status
    assert status.state is State.FAILED
    assert status.error
    assert status.error[0] == "lost"
    assert LOST_AFTER < 30


def test_a_fresh_prediction_without_a_result_is_still_queued(
    queue: PredictionQueue, signer: IdSigner
) -> None:
    """Patience before despair: a young id may still be answered."""
    status = queue.find(signer.new(now=time.time() - LOST_AFTER + 5))
    assert status
    assert status.state is State.QUEUED


def test_an_answer_past_its_keeping_time_is_expired(
    queue: PredictionQueue, signer: IdSigner
) -> None:
    """Who comes back too late learns that, instead of "unknown"."""
    status = queue.find(signer.new(now=time.time() - RESULT_EXPIRES - 1))
    assert status
    assert status.state is State.EXPIRED
    assert status.error
    assert status.error[0] == "expired"


def test_answers_leave_redis_by_themselves(queue: PredictionQueue, settings: Settings) -> None:
    """Redis does not fill up with old answers, and no text of a user stays there."""
    status = queue.submit(one("A sentence that nobody else sends: zanzibar."), wait=10)
    with connect(settings.resolved_redis_url) as client:
        key = f"celery-task-meta-{status.id}"
        assert 0 < client.ttl(key) <= RESULT_EXPIRES
        assert b"zanzibar" not in client.get(key)
        left = [client.dump(name) or b"" for name in client.scan_iter()]
        assert not any(b"zanzibar" in value for value in left)


def test_a_message_of_another_release_fails_instead_of_hanging(queue: PredictionQueue) -> None:
    """A worker that cannot read a request says so, and goes on with the next."""

    class Newer(PredictRequest):
        def to_payload(self) -> dict[str, object]:
            return {"v": 999, "something": "else"}

    status = queue.submit(Newer((), single=True, request_id="test"), wait=10)
    assert status.state is State.FAILED
    assert status.error
    assert status.error[0] == "broken"
    assert label_of(queue.submit(one(), wait=10)) == "joy"


def test_a_forged_message_stops_no_worker(queue: PredictionQueue, settings: Settings) -> None:
    """Rubbish in Redis is logged and dropped; people's texts are still answered."""
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


def test_threads_get_their_own_answers(queue: PredictionQueue) -> None:
    """Sixteen people at once never see each other's emotion."""
    texts = list(CLEAR) * 32

    def ask(text: str) -> str:
        return label_of(queue.submit(one(text), wait=10))

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, texts)) == [CLEAR[text] for text in texts]


def test_waiting_for_an_answer_that_does_not_come_ends_in_time(
    queue: PredictionQueue, signer: IdSigner
) -> None:
    """A client that asked to wait a second is held for a second."""
    started = time.monotonic()
    status = queue.find(signer.new(), wait=1)
    assert status
    assert status.state is State.QUEUED
    assert 0.9 < time.monotonic() - started < 8


def test_the_wait_counts_from_when_it_was_asked_for(
    queue: PredictionQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Redis that is slow to take a message does not add to the seconds a client chose."""
    left: list[float] = []
    monkeypatch.setattr(Subscription, "wait", lambda _, seconds: left.append(seconds))
    monkeypatch.setattr(queue, "_publish", lambda *_: time.sleep(0.2))
    assert queue.submit(one(), wait=3).state is State.QUEUED
    assert left[0] <= 2.8


def test_many_waits_on_one_thread_leave_no_connection_behind(
    queue: PredictionQueue, settings: Settings
) -> None:
    """A web process that answers for days does not eat up Redis's connections."""
    with connect(settings.resolved_redis_url) as client:
        queue.submit(one(), wait=10)
        before = client.info("clients")["connected_clients"]
        for _ in range(50):
            queue.submit(one(), wait=10)
        # The worker may open or close one of its own meanwhile.
        assert client.info("clients")["connected_clients"] <= before + 3
