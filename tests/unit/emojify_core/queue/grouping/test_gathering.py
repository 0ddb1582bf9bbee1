"""Requests gather while two groups are under way; nobody hangs, and each gets its own answer."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import redis

from emojify_core.errors import QueueUnavailableError
from emojify_core.limits import MAX_GROUP_TEXTS, MAX_GROUP_TOKENS, SHORT_REQUEST_TOKENS
from emojify_core.queue.grouping import gathering
from emojify_core.queue.grouping.gathering import Returned
from emojify_core.queue.grouping.member import Member
from support.deadlines import eventually
from support.gathered_clients import LONG, Clients, Line, busy, member


@pytest.fixture
def line() -> Line:
    """Return a line on which nothing went."""
    return Line()


@pytest.fixture
def clients(line: Line, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    """Give clients of a gathering that waits for answers only; answer whoever still waits."""
    monkeypatch.setattr(gathering, "GATHERS_AT_MOST", LONG)
    with ThreadPoolExecutor(16) as pool:
        clients = Clients(line, pool)
        yield clients
        line.error = None
        eventually(clients.answer_all, within=5, what="nobody waits")


def test_a_request_goes_alone_and_at_once_while_little_is_under_way(
    clients: Clients, line: Line
) -> None:
    """An idle server adds no wait."""
    sent = busy(clients)
    assert sorted(map(len, line.ids)) == [1, 1]
    line.answer(0)
    line.answer(1)
    assert {future.result(5) for future in sent} == {b"first", b"second"}


def test_what_waits_goes_together_when_an_answer_returns(clients: Clients, line: Line) -> None:
    """In the order in which it came; each gets its own answer."""
    busy(clients)
    sent = clients.gather(*[member(name) for name in "abcde"])
    assert len(line.groups) == 2
    line.answer(1)
    eventually(lambda: len(line.groups) == 3, within=5, what="the group went")
    assert line.ids[2] == list("abcde")
    line.answer(2)
    assert [future.result(5) for future in sent] == [b"a", b"b", b"c", b"d", b"e"]


def test_a_group_is_bounded_in_texts(clients: Clients, line: Line) -> None:
    """What does not fit goes with the next answer."""
    busy(clients)
    clients.gather(*[member(str(number), texts=8) for number in range(9)])
    line.answer(0)
    eventually(lambda: len(line.groups) == 3, within=5)
    assert [sum(len(each.request.texts) for each in group) for group in line.groups[2:]] == [
        MAX_GROUP_TEXTS
    ]
    line.answer(1)
    eventually(lambda: line.ids[3:] == [["8"]], within=5)


def test_a_group_is_bounded_in_tokens(clients: Clients, line: Line) -> None:
    """So a short request behind it waits for milliseconds."""
    busy(clients)
    clients.gather(*[member(str(number), tokens=SHORT_REQUEST_TOKENS) for number in range(10)])
    line.answer(0)
    eventually(lambda: len(line.groups) == 3, within=5)
    assert len(line.groups[2]) == MAX_GROUP_TOKENS // SHORT_REQUEST_TOKENS
    assert clients.gathered == 2


def test_a_costly_request_never_gathers(clients: Clients, line: Line) -> None:
    """It goes alone, and holds nobody back."""
    costly = member("costly", tokens=SHORT_REQUEST_TOKENS + 1)
    clients.send(costly)
    busy_after = [clients.send(member(name)) for name in ("first", "second")]
    eventually(lambda: len(line.groups) == 3, within=5, what="all went alone")
    assert len(busy_after) == 2


def test_explained_requests_gather_among_themselves(clients: Clients, line: Line) -> None:
    """They cost many runs of the model, which plain ones do not wait for."""
    busy(clients)
    clients.gather(*[member(name, explain=name.isupper()) for name in "aBcD"])
    line.answer(0)
    eventually(lambda: len(line.groups) == 3, within=5)
    line.answer(1)
    eventually(lambda: len(line.groups) == 4, within=5)
    assert line.ids[2:] == [["a", "c"], ["B", "D"]]


@pytest.fixture
def unanswered(clients: Clients, line: Line, monkeypatch: pytest.MonkeyPatch) -> Clients:
    """Give clients whose first four requests went, and no answer came in time."""
    monkeypatch.setattr(gathering, "GATHERS_AT_MOST", 0.1)
    busy(clients)
    for name in ("third", "fourth"):  # a moment late, and at once
        clients.send(member(name, awaited=False)).result(5)
    monkeypatch.setattr(gathering, "GATHERS_AT_MOST", LONG)
    assert line.ids[2:] == [["third"], ["fourth"]]
    return clients


def test_without_answers_nobody_gathers(unanswered: Clients, line: Line) -> None:
    """A dead worker delays few messages, and these by a moment."""
    for name in ("fifth", "sixth"):
        unanswered.send(member(name, awaited=False)).result(5)
    assert line.ids[4:] == [["fifth"], ["sixth"]]


def test_an_answer_lets_requests_gather_again(unanswered: Clients, line: Line) -> None:
    """When the worker is back."""
    unanswered.answer_all()
    for name in ("fifth", "sixth"):
        unanswered.send(member(name, awaited=False)).result(5)
    (waiting,) = unanswered.gather(member("seventh"))
    line.answer(4)
    eventually(lambda: line.ids[6:] == [["seventh"]], within=5, what="the seventh went")
    line.answer(6)
    assert waiting.result(5) == b"seventh"


def test_requests_gather_for_a_slow_worker(
    clients: Clients, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answers are late, but they come: each message of its own would make it slower still."""
    busy(clients)
    later = SimpleNamespace(monotonic=lambda: time.monotonic() + LONG + 1)
    monkeypatch.setattr(gathering, "time", later)
    line.answer(0)
    for name in ("third", "fourth"):
        clients.send(member(name, awaited=False)).result(5)
    clients.gather(member("fifth"), member("sixth"))
    line.answer(2)
    eventually(lambda: line.ids[4:] == [["fifth", "sixth"]], within=5, what="they went together")


def test_a_request_that_is_not_awaited_returns_when_it_is_sent(
    clients: Clients, line: Line
) -> None:
    """Its client gets an id only when Redis has the message."""
    busy(clients)
    sent = clients.send(member("x", awaited=False))
    eventually(lambda: clients.gathered == 1, within=5)
    line.held.clear()
    line.answer(0)
    eventually(lambda: len(line.groups) == 3, within=5, what="it is being sent")
    assert not sent.done()
    line.held.set()
    assert sent.result(5) is None


@pytest.mark.parametrize("error", [redis.ConnectionError("away"), redis.TimeoutError("hangs")])
def test_all_members_learn_that_redis_is_away(
    clients: Clients, line: Line, error: Exception
) -> None:
    """None of them hangs, and the next request is tried again."""
    busy(clients)
    sent = clients.gather(*[member(name) for name in "abc"])
    line.error = error
    line.answer(0)
    for future in sent:
        with pytest.raises(QueueUnavailableError, match="Nothing was accepted"):
            future.result(5)
    line.error = None
    clients.send(member("later", awaited=False)).result(5)
    assert line.ids[-1] == ["later"]


def test_a_bug_hangs_nobody(clients: Clients, line: Line) -> None:
    """The thread that sent tells it; the others are told to try again."""
    busy(clients)
    sent = clients.gather(*[member(name) for name in "abc"])
    line.error = ZeroDivisionError("a bug")
    line.answer(0)
    errors = [type(future.exception(5)) for future in sent]
    assert errors == [ZeroDivisionError, QueueUnavailableError, QueueUnavailableError]


def test_a_broken_connection_ends_the_wait(clients: Clients, line: Line) -> None:
    """The request is in Redis; its client may ask again."""
    first, _ = busy(clients)
    for each in (line.groups[0][0], line.groups[1][0]):
        each.heard(None)
    assert first.result(5) is None


def test_a_broken_connection_does_not_tell_that_the_request_is_in_redis(
    clients: Clients, line: Line
) -> None:
    """The connection that listens may break while the message is being sent."""
    busy(clients)
    sent = clients.gather(*[member(name) for name in "ab"])
    line.held.clear()
    line.answer(0)
    eventually(lambda: len(line.groups) == 3, within=5, what="it is being sent")
    for each in line.groups[2]:
        each.heard(None)
    line.error = redis.ConnectionError("away")
    line.held.set()
    for future in sent:
        assert isinstance(future.exception(5), QueueUnavailableError)


def test_a_client_that_gives_up_costs_the_others_nothing(clients: Clients, line: Line) -> None:
    """Its place in a group is answered like any other."""
    busy(clients)
    impatient = clients.send(member("impatient"), wait=0)
    eventually(lambda: clients.gathered == 1, within=5)
    (patient,) = clients.gather(member("patient"))
    line.answer(0)
    assert impatient.result(5) is None
    line.answer(2)
    assert patient.result(5) == b"patient"


def test_many_threads_get_their_own_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty-four threads, answered by another one: none is left over, none is swapped."""
    monkeypatch.setattr(gathering, "GATHERS_AT_MOST", LONG)
    threads, each = 64, 20
    together = threading.Semaphore(0)

    class Answering(Line):
        """Tells that there is something to answer."""

        def publish(self, members: Sequence[Member], returned: Returned) -> None:
            """Take a group that is answered at once."""
            super().publish(members, returned)
            together.release()

    line = Answering()

    def answer_all() -> None:
        answered = done = 0
        while done < threads * each:
            together.acquire(timeout=LONG)
            line.answer(answered)
            done += len(line.groups[answered])
            answered += 1

    with ThreadPoolExecutor(threads + 1) as pool:
        clients = Clients(line, pool)
        pool.submit(answer_all)

        def ask(thread: int) -> list[bytes | None]:
            answers = []
            for number in range(each):
                asked = member(f"{thread}-{number}")
                clients.gathering.send(asked, time.monotonic() + LONG)
                answers.append(asked.answer)
            return answers

        for thread, answers in enumerate(pool.map(ask, range(threads))):
            assert answers == [f"{thread}-{number}".encode() for number in range(each)]
    assert len(line.groups) < threads * each / 2, "most travelled together"
