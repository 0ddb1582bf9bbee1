"""The stack in containers, installed into its own folder with a user's commands."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from support.deadlines import eventually
from support.processes import REPOSITORY, clean_environ, free_port

PARTS = (
    *("Makefile", "docker-compose.yml", "Dockerfile.web", "Dockerfile.worker", ".dockerignore"),
    *("deploy", "emojify_core", "requirements", "web", "worker"),
)
ADDRESS = "127.0.0.1"
IMAGES = ("web", "predict", "train", "flower")
RUNNING = ("web", "worker", "trainer", "redis", "postgres", "flower")
MENDS_WITHIN = 90  # seconds; TensorFlow on a busy machine


@dataclass
class Installation:
    """A copy of a release, its `.env`, and the containers that it started."""

    folder: Path
    name: str = field(default_factory=lambda: f"emojify-test-{os.getpid()}")
    port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        for part in PARTS:
            source, copy = REPOSITORY / part, self.folder / part
            if source.is_dir():
                shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy)
        self.run(["make", ".env"])
        self.set(
            COMPOSE_PROJECT_NAME=self.name,
            EMOJIFY_PORT=self.port,
            EMOJIFY_FLOWER_PORT=free_port(),
            EMOJIFY_TLS_PORT=self.tls_port,
            EMOJIFY_HTTP_PORT=free_port(),
            EMOJIFY_SITE=ADDRESS,
            EMOJIFY_CORRECTIONS="auto",  # the tests are strangers: containers see a gateway
            EMOJIFY_RATE_LIMIT="",
            **{f"EMOJIFY_{image.upper()}_IMAGE": self.image(image) for image in IMAGES},
        )
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=20)

    @staticmethod
    def image(name: str) -> str:
        """Return the tag of one of our images; it differs from a user's own."""
        return f"emojify-test-{name}"

    def set(self, **variables: object) -> None:
        """Append settings to `.env`, where they override earlier ones."""
        with (self.folder / ".env").open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in variables.items())

    def secrets(self) -> dict[str, str]:
        """Return this installation's random secrets."""
        lines = (self.folder / ".env").read_text(encoding="utf-8").splitlines()
        pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
        return {name: value for name, value in pairs if len(value) == 64}

    def run(
        self,
        command: Sequence[str],
        *,
        fails: bool = False,
        stdin: str = "",
        within: float = 300,
        **variables: str,
    ) -> str:
        """Run a command in the folder and return its output; it must succeed, or else fail."""
        environ = {  # keep apart from a user's own stack
            name: value
            for name, value in clean_environ(**variables).items()
            if not name.startswith("COMPOSE_")
        }
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environ,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=within,
            check=False,
        )
        ended = f"{command} ended {done.returncode}:\n{done.stdout[-3000:]}"
        assert (done.returncode != 0) is fails, ended
        return done.stdout

    def compose(self, *arguments: str, fails: bool = False, **variables: str) -> str:
        """Run `docker compose`."""
        return self.run(["docker", "compose", *arguments], fails=fails, **variables)

    def inside(self, service: str, script: str, *, user: str = "", fails: bool = False) -> str:
        """Run a shell script in the first container of a service."""
        who = ["--user", user] if user else []
        return self.compose("exec", "-T", *who, service, "sh", "-c", script, fails=fails)

    def python(self, service: str, script: str, *, fails: bool = False) -> str:
        """Run Python in the first container of a service."""
        return self.compose("exec", "-T", service, "python", "-c", script, fails=fails)

    def sql(self, query: str) -> list[list[str]]:
        """Return the rows of a database query."""
        command = "PGPASSWORD=$POSTGRES_PASSWORD psql -h 127.0.0.1 -U emojify -At -F '|' -c"
        out = self.inside("postgres", f'{command} "{query}"')
        return [line.split("|") for line in out.splitlines()]

    def ids(self, service: str) -> list[str]:
        """Return the ids of the running containers of a service."""
        return self.compose("ps", "--quiet", service).split()

    def crash(self, service: str) -> None:
        """Kill the first container of a service as the kernel does when memory runs out.

        Docker does not restart a container after `docker kill`: it counts as the user's wish.
        """
        container = self.ids(service)[0]
        pid, restarts = self._state(container)
        host = ["--rm", "--pid=host", "--cap-add=KILL", "--network=none", "--user=0"]
        self.run(["docker", "run", *host, self.image("web"), "sh", "-c", f"kill -9 {pid}"])
        eventually(
            lambda: self._state(container)[1] > restarts,
            within=MENDS_WITHIN,
            what=f"{service} is started again",
        )

    def until_healthy(self) -> None:
        """Wait until every container is healthy."""
        eventually(
            lambda: set(self.health().values()) == {"healthy"},
            within=MENDS_WITHIN,
            what="every container is healthy",
        )

    def health(self) -> dict[str, str]:
        """Return the health of each container that is or should be running, by name."""
        listed = self.compose("ps", "--format", "{{.Name}} {{.Health}}", *RUNNING)
        return dict(line.split(" ", 1) for line in listed.splitlines())

    def _state(self, container: str) -> tuple[int, int]:
        """Return the host's id of the first process, and its number of restarts."""
        form = "--format={{.State.Pid}} {{.RestartCount}}"
        pid, restarts = self.run(["docker", "inspect", form, container]).split()
        return int(pid), int(restarts)

    def models(self) -> dict[str, Any]:
        """Return the API's list of versions and workers."""
        answer = self.http.get("/api/v1/models")
        assert answer.is_success, answer.text
        models: dict[str, Any] = answer.json()
        return models

    def is_away(self) -> bool:
        """Return whether nothing listens on the published port."""
        try:
            self.http.get("/healthz")
        except httpx.TransportError:
            return True
        return False

    def learned_twice(self) -> list[list[str]]:
        """Return the corrections that occur more than once in the live lineage."""
        return self.sql(
            "WITH RECURSIVE chain(version, source) AS ("
            "SELECT v.version, v.source FROM model_versions v JOIN live_pointer p"
            " ON p.version = v.version "
            "UNION SELECT v.version, v.source FROM model_versions v JOIN chain c"
            " ON v.version = c.source) "
            "SELECT correction_id, count(*) FROM version_corrections JOIN chain USING (version) "
            "GROUP BY correction_id HAVING count(*) > 1"
        )

    def remove(self) -> None:
        """Remove everything but the images."""
        self.http.close()
        self.compose("--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "1")
