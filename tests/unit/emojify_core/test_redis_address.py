"""The URL of a Redis server is read once, strictly, and each library gets the same parts."""

from urllib.parse import quote

import pytest
from celery import Celery
from hypothesis import given
from hypothesis import strategies as st
from kombu import Connection

from emojify_core.errors import SettingsError
from emojify_core.queue.redis_client import connect
from emojify_core.redis_address import RedisAddress

SHORT, WORD = "word", "p#s/s@w%rd:?&=[ü"


def parts_of(url: str) -> list[tuple[object, ...]]:
    """Return what redis-py, kombu and Celery's backend make of a URL."""
    names = ("host", "port", "path", "db", "username", "password", "ssl_cert_reqs")
    broker = RedisAddress.parse(url).for_kombu()
    tls = RedisAddress.parse(url).tls_for_kombu()
    app = Celery(broker=broker, backend=broker, set_as_current=False)
    app.conf.update(broker_use_ssl=tls or False, redis_backend_use_ssl=tls)
    found = [connect(url).connection_pool.connection_kwargs, app.backend.connparams]
    return [tuple(each.get(name) for name in names) for each in found]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://r", RedisAddress("r")),
        ("redis://r:7/3", RedisAddress("r", 7, database=3)),
        ("redis://r?db=3", RedisAddress("r", database=3)),
        ("redis://:word@r/0", RedisAddress("r", password=SHORT)),
        ("redis://emo:word@r/", RedisAddress("r", username="emo", password=SHORT)),
        (f"redis://:{WORD}@r:7/1", RedisAddress("r", 7, database=1, password=WORD)),
        (f"redis://:{quote(WORD, safe='')}@r", RedisAddress("r", password=WORD)),
        ("redis://[::1]:7/2", RedisAddress("::1", 7, database=2)),
        ("unix:///r.sock?db=3", RedisAddress(path="/r.sock", database=3)),
        ("unix:///a%23b/r.sock", RedisAddress(path="/a#b/r.sock")),
        ("unix://emo:word@/r.sock", RedisAddress(path="/r.sock", username="emo", password=SHORT)),
        ("rediss://r", RedisAddress("r", tls={"ssl_cert_reqs": "required"})),
        ("rediss://r?ssl_cert_reqs=none", RedisAddress("r", tls={"ssl_cert_reqs": "none"})),
    ],
)
def test_url_is_read_into_parts(url: str, expected: RedisAddress) -> None:
    """Passwords hold any character, TLS verifies, and a socket has a database."""
    assert RedisAddress.parse(url) == expected


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("sentinel://r:26379", "must begin with"),
        ("redis://", "must name a host"),
        ("redis://r:6379O/0", "port between"),
        ("redis://r:0/0", "port between"),
        ("redis://r:99999/0", "port between"),
        ("redis://r/emojify", "database by a number"),
        ("redis://r/-1", "database by a number"),
        ("redis://[::1/0", "bracket"),
        ("redis://r/0?db=1", "twice"),
        ("redis://r?ssl_cert_reqs=none", "not known"),
        ("rediss://r?ssl_cert_reqs=maybe", "required or none"),
        ("rediss://r?ssl_ca_certs=/nowhere", "does not exist"),
        ("unix://r.sock", "whole path"),
    ],
)
def test_wrong_url_is_one_sentence(url: str, problem: str) -> None:
    """It names the variable, what is wrong, and an example."""
    with pytest.raises(SettingsError, match=problem) as refused:
        RedisAddress.parse(url.replace("://", "://:secret@", 1) if "unix" not in url else url)
    assert "EMOJIFY_REDIS_URL" in str(refused.value)
    assert "secret" not in str(refused.value)


@given(st.text(min_size=1), st.text(min_size=1))
def test_all_readers_get_the_same_name_and_password(name: str, password: str) -> None:
    """Whatever characters they hold."""
    try:
        url = f"redis://{quote(name, safe='')}:{quote(password, safe='')}@r:7/2"
    except UnicodeEncodeError:
        return
    ours, backend = parts_of(url)
    assert ours[:6] == ("r", 7, None, 2, name, password)
    assert backend[4:6] == (name, password)
    with Connection(RedisAddress.parse(url).for_kombu()) as kombu:
        assert (kombu.userid, kombu.password) == (name, password)


@pytest.mark.parametrize("folder", ["a#b", "a?b", "a%41b", "a b", "ü@:'"])
def test_all_readers_find_the_same_socket(folder: str) -> None:
    """A home may have any name, and the database in the query counts for all."""
    url = f"unix:///{quote(folder)}/r.sock?db=3"
    ours, backend = parts_of(url)
    assert ours[2:4] == backend[2:4] == (f"/{folder}/r.sock", 3)
