"""One connection hears what a real Redis announces to one process, and notices when it breaks."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue

import pytest
import redis

from emojify_core.queue import answer_listener
from emojify_core.queue.answer_listener import AnswerListener
from emojify_core.queue.redis_client import connect
from support.deadlines import eventually
from support.redis_server import RedisServer, running_redis

SOON = 5.0  # seconds


@pytest.fixture(scope="module")
def shared_server() -> Iterator[RedisServer]:
    """Run a Redis that tests break."""
    with running_redis() as server:
        yield server


@pytest.fixture
def server(shared_server: RedisServer) -> RedisServer:
    """Give a working Redis, whatever the last test broke."""
    shared_server.resume()
    if not shared_server.running:
        shared_server.start()
    return shared_server


@pytest.fixture
def client(server: RedisServer) -> Iterator[redis.Redis]:
    """Give a client with the product's options."""
    with connect(server.url) as client:
        yield client


@pytest.fixture
def listener(client: redis.Redis) -> Iterator[AnswerListener]:
    """Give a listener to the channels that begin with `mine`."""
    listener = AnswerListener(client, "mine-*")
    yield listener
    listener.close()


class Heard(SimpleQueue[bytes | None]):
    """Keeps what was heard, in order."""

    def next(self) -> bytes | None:
        """Return what is heard next."""
        return self.get(timeout=SOON)

    def hears_nothing(self) -> bool:
        """Tell whether nothing more was heard."""
        try:
            self.get_nowait()
        except Empty:
            return True
        return False


def test_each_caller_hears_its_own_channel(client: redis.Redis, listener: AnswerListener) -> None:
    """Several may expect the same; each announcement is heard once."""
    one, two = Heard(), Heard()
    listener.expect({"mine-1": one.put, "mine-2": two.put})
    also_one = Heard()
    listener.expect({"mine-1": also_one.put})
    client.publish("mine-2", "second")
    client.publish("others-1", "nobody's")
    client.publish("mine-1", "first")
    client.publish("mine-1", "again")
    assert (one.next(), also_one.next(), two.next()) == (b"first", b"first", b"second")
    assert one.hears_nothing()


def test_many_callers_share_one_connection(client: redis.Redis, listener: AnswerListener) -> None:
    """A waiting request costs a web process no connection."""

    def ask(number: int) -> bytes | None:
        heard = Heard()
        listener.expect({f"mine-{number}": heard.put})
        client.publish(f"mine-{number}", str(number))
        return heard.next()

    with ThreadPoolExecutor(64) as pool:
        assert list(pool.map(ask, range(1_000))) == [str(each).encode() for each in range(1_000)]
    assert client.pubsub_numpat() == 1


def test_what_is_no_longer_expected_is_not_heard(
    client: redis.Redis, listener: AnswerListener
) -> None:
    """Another caller of the same channel still hears it."""
    gone, stays = Heard(), Heard()
    listener.expect({"mine-1": gone.put})
    listener.expect({"mine-1": stays.put})
    listener.forget({"mine-1": gone.put})
    client.publish("mine-1", "first")
    assert stays.next() == b"first"
    assert gone.hears_nothing()


def test_listening_to_one_channel_ends_in_time(
    client: redis.Redis, listener: AnswerListener
) -> None:
    """With what was announced, or without."""
    with listener.listening("mine-1") as answer:
        client.publish("mine-1", "first")
        assert answer(SOON) == b"first"
    with listener.listening("mine-1") as answer:
        started = time.monotonic()
        assert answer(0.1) is None
        assert time.monotonic() - started < SOON


def test_a_crash_of_redis_ends_all_waits_and_the_next_request_listens_again(
    server: RedisServer, client: redis.Redis, listener: AnswerListener
) -> None:
    """Each caller learns it at once."""
    heard = [Heard() for _ in range(3)]
    listener.expect({f"mine-{number}": each.put for number, each in enumerate(heard)})
    server.kill()
    assert [each.next() for each in heard] == [None, None, None]
    with pytest.raises(redis.RedisError):
        listener.expect({"mine-1": heard[0].put})
    server.start()
    listener.expect({"mine-1": heard[0].put})
    client.publish("mine-1", "back")
    assert heard[0].next() == b"back"


def test_callers_fail_together_while_redis_hangs(
    server: RedisServer, listener: AnswerListener
) -> None:
    """Not one after another, which would take each of them longer than two seconds."""
    together = threading.Barrier(32)

    def fails(number: int) -> float:
        together.wait(SOON)
        started = time.monotonic()
        with pytest.raises(redis.RedisError):
            listener.expect({f"mine-{number}": Heard().put})
        return time.monotonic() - started

    server.pause()
    try:
        with ThreadPoolExecutor(32) as pool:
            assert max(pool.map(fails, range(32))) < 2
    finally:
        server.resume()


def test_a_connection_that_became_silent_is_given_up(
    server: RedisServer, listener: AnswerListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing tells of a machine that vanished, so silence is checked."""
    monkeypatch.setattr(answer_listener, "CHECK_EVERY", 0.2)
    heard = Heard()
    listener.expect({"mine-1": heard.put})
    server.pause()
    try:
        assert heard.next() is None
    finally:
        server.resume()


def test_a_quiet_connection_is_kept(
    client: redis.Redis, listener: AnswerListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis answers the checks."""
    monkeypatch.setattr(answer_listener, "CHECK_EVERY", 0.05)
    heard = Heard()
    listener.expect({"mine-1": heard.put})
    before = client.info("commandstats").get("cmdstat_ping", {}).get("calls", 0)

    def is_checked() -> bool:
        return bool(client.info("commandstats")["cmdstat_ping"]["calls"] > before + 3)

    eventually(is_checked, within=SOON, what="the connection was checked")
    client.publish("mine-1", "first")
    assert heard.next() == b"first"


def test_lost_answers_do_not_pile_up(
    listener: AnswerListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody answers any more is forgotten."""
    monkeypatch.setattr(answer_listener, "LOST_AFTER", 0)
    for number in range(100):
        listener.expect({f"mine-{number}": Heard().put})
    assert len(listener._expected) == 1  # noqa: SLF001  (it has no other sign)


def test_closing_ends_the_thread(client: redis.Redis, listener: AnswerListener) -> None:
    """Redis counts no subscription, and whoever waits is told."""
    heard = Heard()
    listener.expect({"mine-1": heard.put})
    listener.close()
    assert heard.next() is None
    eventually(lambda: client.pubsub_numpat() == 0, within=SOON, what="no subscription is left")
