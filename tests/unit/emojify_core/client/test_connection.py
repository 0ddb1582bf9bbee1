"""What a client makes of servers that are away, busy, refuse, or are something else."""

import json

import pytest

from emojify_core.client import Emojify
from emojify_core.client.administration import Administration
from emojify_core.client.connection import TRIES, Connection
from emojify_core.errors import DataError, ServerRefusedError, ServerUnavailableError, SettingsError
from support.api_server import ApiServer, Asked, Reply, problem
from support.processes import free_port


def test_a_refusal_is_the_server_s_own_sentence(api: ApiServer, emojify: Emojify) -> None:
    """A program can tell by code and field what a person reads in words."""
    api.answer = lambda _: problem(422, "Write at least one word.", code="invalid", field_="text")
    with pytest.raises(ServerRefusedError, match=r"^Write at least one word\.$") as refused:
        emojify.predict(" ")
    error = refused.value
    assert (error.status, error.problem, error.field) == (422, "invalid", "text")
    assert len(api.asked) == 1, "what was refused is not asked again"


def test_a_busy_server_is_asked_again_when_it_says(
    api: ApiServer, emojify: Emojify, pauses: list[float]
) -> None:
    """503 with Retry-After is no failure as long as there is hope."""
    busy = problem(503, "Too many requests are waiting.")
    busy.headers["Retry-After"] = "7"
    replies = iter([busy, busy, Reply({"live": 1, "versions": [], "workers": []})])
    api.answer = lambda _: next(replies)
    assert emojify.models().live == 1
    assert pauses == [7, 7]


def test_a_server_that_stays_away_is_told(
    api: ApiServer, emojify: Emojify, pauses: list[float]
) -> None:
    """After some tries the sentence says what to do."""
    api.answer = lambda _: None
    with pytest.raises(ServerUnavailableError, match=r"does not answer .* EMOJIFY_URL"):
        emojify.models()
    assert len(pauses) == TRIES - 1
    nobody = Connection(f"http://127.0.0.1:{free_port()}", sleep=pauses.append)
    with pytest.raises(ServerUnavailableError, match="no connection"):
        Emojify(connection=nobody).models()
    nobody.close()


def test_what_may_not_be_repeated_is_sent_once(api: ApiServer, emojify: Emojify) -> None:
    """A rollback whose answer was lost is not done twice."""
    api.answer = lambda _: None
    with pytest.raises(ServerUnavailableError):
        Administration(emojify.connection).activate(1)
    assert len(api.asked) == 1


def test_a_correction_is_sent_again_under_the_same_key(api: ApiServer, emojify: Emojify) -> None:
    """A broken connection neither loses it nor makes two of it."""
    stored = {
        "id": "c", "state": "queued", "text": "a", "label": "joy", "reason": None,
        "created_at": "", "updated_at": "", "receipt": None, "links": {},
    }  # fmt: skip
    replies = iter([None, Reply(stored, 202)])
    api.answer = lambda _: next(replies)
    assert emojify.correct("a", "joy").id == "c"
    keys = {asked.headers["Idempotency-Key"] for asked in api.asked}
    assert len(api.asked) == 2
    assert len(keys) == 1


def test_something_else_at_that_address_is_told(api: ApiServer, emojify: Emojify) -> None:
    """A wrong port leads to a sentence, not to a stack trace."""
    api.answer = lambda _: Reply(b"<html>", 404, {"Content-Type": "text/html"})
    with pytest.raises(ServerRefusedError, match="Is it Emojify"):
        emojify.models()


def test_the_key_is_shown_with_every_request(api: ApiServer, emojify: Emojify) -> None:
    """The server knows whose batches these are."""
    api.answer = lambda _: Reply({"batches": []})
    emojify.batches()
    assert api.asked[0].headers["Authorization"] == "Bearer a-key-of-ours"


@pytest.mark.parametrize("url", ["", "localhost:5000", "ftp://here", "http://", "nonsense"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """Before anything is asked."""
    with pytest.raises(SettingsError, match="no address of a server"):
        Emojify(url)


@pytest.mark.parametrize("key", ["schlüssel", "two\nlines"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    """Such as one that was copied with what stood beside it."""
    with pytest.raises(SettingsError, match="Copy it once more"):
        Emojify("http://127.0.0.1:5000", key)


def test_bytes_that_are_no_characters_are_told(api: ApiServer, emojify: Emojify) -> None:
    """Python keeps such bytes of a shell's argument as halves of surrogate pairs."""
    for ask in (
        lambda: emojify.predict("caf\udce9"),
        lambda: emojify.correct("caf\udce9", "joy"),
        lambda: Administration(emojify.connection).undo("id", "caf\udce9"),
    ):
        with pytest.raises(DataError, match="not UTF-8"):
            ask()
    assert not api.asked


def test_a_long_list_is_sent_in_parts(api: ApiServer, emojify: Emojify) -> None:
    """A program need not know how many texts one request may have."""

    def answer(asked: Asked) -> Reply:
        texts = json.loads(asked.body)["texts"]
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


def test_a_prediction_that_takes_long_is_waited_for(api: ApiServer, emojify: Emojify) -> None:
    """202 is not the end of it; a lost one is told."""
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
