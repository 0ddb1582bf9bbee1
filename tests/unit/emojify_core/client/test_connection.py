"""The client and servers that are down, busy, refuse, or are not Emojify."""

import json

import pytest

from emojify_core.client import Emojify
from emojify_core.client.administration import Administration
from emojify_core.client.connection import RETRY_AFTER, Connection
from emojify_core.errors import DataError, ServerRefusedError, ServerUnavailableError, SettingsError
from support.api_server import ApiServer, Reply, Request, problem
from support.processes import free_port


def test_refusal_raises_the_server_s_own_sentence(api: ApiServer, emojify: Emojify) -> None:
    """The error has the sentence for people, and code and field for programs."""
    api.answer = lambda _: problem(422, "Write at least one word.", code="invalid", field_="text")
    with pytest.raises(ServerRefusedError, match=r"^Write at least one word\.$") as refused:
        emojify.predict(" ")
    error = refused.value
    assert (error.status, error.problem, error.field) == (422, "invalid", "text")
    assert len(api.requests) == 1, "a refused request is not repeated"


def test_busy_server_is_retried_after_its_retry_after(
    api: ApiServer, emojify: Emojify, pauses: list[float]
) -> None:
    """A 503 with Retry-After only delays the response."""
    busy = problem(503, "Too many requests are waiting.")
    busy.headers["Retry-After"] = "7"
    replies = iter([busy, busy, Reply({"live": 1, "versions": [], "workers": []})])
    api.answer = lambda _: next(replies)
    assert emojify.models().live == 1
    assert pauses == [7, 7]


def test_unreachable_server_raises_after_the_last_retry(
    api: ApiServer, emojify: Emojify, pauses: list[float]
) -> None:
    """The error says what to do."""
    api.answer = lambda _: None
    with pytest.raises(ServerUnavailableError, match=r"does not answer .* EMOJIFY_URL"):
        emojify.models()
    assert pauses == list(RETRY_AFTER)
    closed = Connection(f"http://127.0.0.1:{free_port()}", sleep=pauses.append)
    with pytest.raises(ServerUnavailableError, match="no connection"):
        Emojify(connection=closed).models()
    closed.close()


def test_rollback_is_not_retried(api: ApiServer, emojify: Emojify) -> None:
    """A rollback whose response was lost must not run twice."""
    api.answer = lambda _: None
    with pytest.raises(ServerUnavailableError):
        Administration(emojify.connection).activate(1)
    assert len(api.requests) == 1


def test_correction_is_retried_with_the_same_key(api: ApiServer, emojify: Emojify) -> None:
    """A broken connection neither loses nor repeats a correction."""
    stored = {
        "id": "c", "state": "queued", "text": "a", "label": "joy", "reason": None,
        "created_at": "", "updated_at": "", "receipt": None,
        "links": {"self": "/api/v1/corrections/c?proof=p"},
    }  # fmt: skip
    replies = iter([None, Reply(stored, 202), Reply(stored, 200)])
    api.answer = lambda _: next(replies)
    assert emojify.correct("a", "joy").id == "c"
    keys = {request.headers["Idempotency-Key"] for request in api.requests}
    assert len(api.requests) == 2
    assert len(keys) == 1
    assert emojify.correction("c").id == "c"
    assert api.requests[-1].path == "/api/v1/corrections/c?proof=p", "the lost answer had a cookie"


def test_other_server_at_the_address_is_recognized(api: ApiServer, emojify: Emojify) -> None:
    """A wrong port gives a sentence, not a traceback."""
    api.answer = lambda _: Reply(b"<html>", 404, {"Content-Type": "text/html"})
    with pytest.raises(ServerRefusedError, match="Is it Emojify"):
        emojify.models()


def test_requests_carry_the_key(api: ApiServer, emojify: Emojify) -> None:
    """The server identifies the client by it."""
    api.answer = lambda _: Reply({"batches": []})
    emojify.batches()
    assert api.requests[0].headers["Authorization"] == "Bearer a-key-of-ours"


@pytest.mark.parametrize("url", ["", "localhost:5000", "ftp://here", "http://", "nonsense"])
def test_invalid_address_is_refused(url: str) -> None:
    """No request is sent."""
    with pytest.raises(SettingsError, match="not the address of a server"):
        Emojify(url)


@pytest.mark.parametrize("key", ["schlüssel", "two\nlines"])
def test_invalid_key_is_refused(key: str) -> None:
    """For example, a key that was copied with the text around it."""
    with pytest.raises(SettingsError, match="Copy it again"):
        Emojify("http://127.0.0.1:5000", key)


def test_text_that_is_not_utf_8_is_refused(api: ApiServer, emojify: Emojify) -> None:
    """Python decodes such bytes of a shell's argument to surrogates."""
    for call in (
        lambda: emojify.predict("caf\udce9"),
        lambda: emojify.correct("caf\udce9", "joy"),
        lambda: Administration(emojify.connection).undo("id", "caf\udce9"),
    ):
        with pytest.raises(DataError, match="not UTF-8"):
            call()
    assert not api.requests


def test_long_list_is_sent_in_several_requests(api: ApiServer, emojify: Emojify) -> None:
    """A program need not know the limits of a request."""

    def answer(request: Request) -> Reply:
        texts = json.loads(request.body)["texts"]
        assert len(texts) <= 256
        assert sum(map(len, texts)) <= 200_000
        results = [{"label": text[:5], "emoji": ""} for text in texts]
        return Reply({"id": "p", "state": "succeeded", "results": results})

    api.answer = answer
    texts = [f"{n:05}" for n in range(600)] + [f"{n:05}" + "x" * 4995 for n in range(100)]
    assert [found.label for found in emojify.predict_all(texts)] == [text[:5] for text in texts]
    assert emojify.predict_all([]) == []
    texts.insert(1, "x" * 200_001)
    answers = emojify.predict_all(texts)
    assert (answers[1].label, answers[1].error) == (
        "",
        "A text may have 5,000 characters; this one has 200,001.",
    )
    del answers[1], texts[1]
    assert [found.label for found in answers] == [text[:5] for text in texts]


def test_slow_prediction_is_awaited(api: ApiServer, emojify: Emojify) -> None:
    """The client polls after a 202, and raises an error for a lost prediction."""
    result = {"label": "joy", "emoji": "😄", "confidence": 0.9, "news": "from a later release"}
    waiting = {"id": "p", "state": "queued", "result": None, "error": None}
    replies = [waiting, waiting, {"id": "p", "state": "succeeded", "result": result}]
    source = iter(replies)
    api.answer = lambda _: Reply(next(source))
    assert emojify.predict("a").label == "joy"
    lost = {"code": "lost", "message": "The answer was lost."}
    api.answer = lambda _: Reply({"id": "p", "state": "failed", "error": lost})
    with pytest.raises(ServerUnavailableError, match="was lost"):
        emojify.predict("a")
