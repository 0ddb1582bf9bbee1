"""How each server is started and asked."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from support.processes import REPOSITORY, clean_environ, free_port
from support.stack import RAISED

SERVERS = Path(__file__).with_name("servers")
PEERS = REPOSITORY / ".venv" / "peers-tools" / "bin"  # `make bench-peers` installs it
HEAD = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "Accept: application/json\r\nPrefer: wait=10\r\nContent-Length: {length}\r\n\r\n"
)
EMOJIFY = "Emojify, as shipped"
PLAIN_FLASK = "Flask and gunicorn, no queue"


@dataclass(frozen=True, slots=True)
class System:
    """A server on a port: the commands of its processes, and its form of a request."""

    name: str
    commands: Callable[[Path, int], list[list[str]]]  # for a folder to write in, and a port
    body: Callable[[Sequence[str]], object] = lambda texts: {"texts": texts}
    path: str = "/predict"
    environ: dict[str, str] = field(default_factory=dict)
    redis: bool = False
    says: str = ""  # what its output says when it has started wholly

    def request(self, texts: Sequence[str]) -> bytes:
        """Return the bytes that ask for these texts."""
        body = json.dumps(self.body(texts)).encode()
        return HEAD.format(path=self.path, length=len(body)).encode() + body

    def environ_in(self, folder: Path, port: int, redis_url: str) -> dict[str, str]:
        """Return the environment of its processes; the folder identifies them."""
        return clean_environ(
            PYTHONPATH=f"{SERVERS}:{REPOSITORY}",
            EMOJIFY_HOME=str(folder),
            EMOJIFY_PORT=str(port),
            EMOJIFY_FLOWER_PORT=str(free_port()),
            REDIS_URL=redis_url,
            **self.environ,
        )


def _emojify(_folder: Path, _port: int) -> list[list[str]]:
    return [[sys.executable, "-m", "deploy.local"]]


def _one_or_many(texts: Sequence[str]) -> object:
    return {"text": texts[0]} if len(texts) == 1 else {"texts": texts}


def _gunicorn(processes: int, _folder: Path, port: int) -> list[list[str]]:
    options = ["--workers", str(processes), "--threads", str(16 // processes)]
    command = [str(PEERS / "gunicorn"), "--bind", f"127.0.0.1:{port}", *options]
    return [[*command, "plain_flask:app"]]


def _uvicorn(module: str, worker: Sequence[str], _folder: Path, port: int) -> list[list[str]]:
    web = [str(PEERS / "uvicorn"), "--host", "127.0.0.1", "--port", str(port), f"{module}:app"]
    return [[str(PEERS / worker[0]), *worker[1:]], web]


def _litserve(_folder: Path, port: int) -> list[list[str]]:
    return [[str(PEERS / "python"), str(SERVERS / "with_litserve.py"), str(port)]]


def _bentoml(_folder: Path, port: int) -> list[list[str]]:
    where = ["--host", "127.0.0.1", "--port", str(port)]
    return [[str(PEERS / "python"), "-m", "bentoml", "serve", "with_bentoml:Emoji", *where]]


def _mlserver(folder: Path, port: int) -> list[list[str]]:
    model = {
        "name": "emoji",
        "implementation": "with_mlserver.Emoji",
        "max_batch_size": 64,
        "max_batch_time": 0.002,
    }
    settings = {
        "host": "127.0.0.1",
        "http_port": port,
        "grpc_port": free_port(),
        "metrics_port": free_port(),
        "parallel_workers": 0,
        "debug": False,
    }
    (folder / "model-settings.json").write_text(json.dumps(model))
    (folder / "settings.json").write_text(json.dumps(settings))
    return [[str(PEERS / "mlserver"), "start", str(folder)]]


def _open_inference(texts: Sequence[str]) -> object:
    strings = {"name": "texts", "datatype": "BYTES", "parameters": {"content_type": "str"}}
    return {"inputs": [strings | {"shape": [len(texts), 1], "data": list(texts)}]}


CELERY = ["celery", "-A", "fastapi_celery:celery", "worker", "--loglevel", "INFO"]
SYSTEMS = (
    System(EMOJIFY, _emojify, _one_or_many, "/api/v1/predictions",
           {"EMOJIFY_RATE_LIMIT": RAISED}, says="ready to learn"),
    System("MLServer", _mlserver, _open_inference, "/v2/models/emoji/infer"),
    System("LitServe", _litserve),
    System("BentoML", _bentoml, environ={"BENTOML_DO_NOT_TRACK": "True"}),
    System("FastAPI and arq", partial(_uvicorn, "fastapi_arq", ["arq", "fastapi_arq.Worker"]),
           redis=True),
    System("FastAPI and Celery", partial(_uvicorn, "fastapi_celery", CELERY), redis=True),
    System(PLAIN_FLASK, partial(_gunicorn, 2)),
)  # fmt: skip
