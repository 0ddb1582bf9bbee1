"""Real processes reach a Redis by TLS, by a socket's database and with an odd password."""

import ssl
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from emojify_core.messages import Queue, State
from support.homes import fresh_home
from support.installation import one, queue_of, settings_of, until_worker
from support.processes import free_port
from support.redis_server import RedisServer
from support.slow_proxy import slow_proxy
from support.stack import Stack

WORD = "p#s/s@w%rd:?"


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """Return a server's side of TLS; its certificate is in `c.pem`."""
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout k.pem -out c.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command.split(), *names], cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "c.pem", tmp_path / "k.pem")
    return context


def test_tls_is_verified_and_predictions_flow(certificate: ssl.SSLContext, tmp_path: Path) -> None:
    """`rediss://` needs no further option but the authority."""
    port = free_port()
    with fresh_home() as home, Stack(home) as stack, slow_proxy(port, certificate) as proxy:
        server = RedisServer(home, port=port)
        server.start()
        with server.client() as client:
            client.config_set("requirepass", WORD)
        url = f"rediss://:{quote(WORD, safe='')}@localhost:{proxy.port}/0"
        stack.environ["EMOJIFY_REDIS_URL"] = f"{url}?ssl_ca_certs={tmp_path / 'c.pem'}"
        worker = stack.start("worker")
        settings = settings_of(stack.environ)
        until_worker(settings)
        with queue_of(settings) as queue:
            assert queue.submit(one(), wait=10).state is State.SUCCEEDED
        assert worker.running
        assert "insecure" not in worker.output()
        worker.end()
        server.stop()


def test_database_of_a_socket_counts_for_every_reader() -> None:
    """The queue, its limits and the results are in the same database."""
    with fresh_home() as home, Stack(home) as stack:
        server = RedisServer(home)
        server.start()
        url = f"unix://{server.settings.socket}?db=3"
        stack.environ["EMOJIFY_REDIS_URL"] = url
        settings = settings_of(stack.environ)
        with queue_of(settings) as queue:
            queue.submit(one())
            assert queue.waiting(Queue.PREDICT) == 1
        with server.client() as client:
            assert set(client.info("keyspace")) == {"db3"}
        server.stop()
