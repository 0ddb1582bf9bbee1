"""Secrets and users' texts stay out of logs and process lists."""

import stat

from containers.corrector import SETTLED, SETTLED_WITHIN
from containers.installation import RUNNING, Installation
from support.deadlines import eventually

PRIVATE = "Nobody but me knows about the marzipan."


def test_the_secrets_are_random_and_private(built: Installation) -> None:
    """No default password, and only the owner can read `.env`."""
    secrets = built.secrets()
    assert len(secrets) == 5
    assert len(set(secrets.values())) == 5
    assert stat.S_IMODE((built.folder / ".env").stat().st_mode) == 0o600
    another = built.run(["sh", "deploy/compose/make-env"])
    assert not [secret for secret in secrets.values() if secret in another]


def test_without_secrets_nothing_starts(built: Installation) -> None:
    """`docker compose up` asks for them instead of using empty ones."""
    said = built.compose("--env-file", "/dev/null", "config", fails=True)
    assert "run make up" in said


def test_no_secret_is_in_the_process_list(stack: Installation) -> None:
    """`ps` on the host shows none."""
    for service in RUNNING:
        for container in stack.ids(service):
            listed = stack.run(["docker", "top", container, "-eo", "pid,args"])
            assert len(listed.splitlines()) > 1
            assert not secrets_in(stack, listed), f"ps shows a secret of {service}"


def test_no_secret_and_no_text_is_in_the_logs(stack: Installation) -> None:
    """Users can share their logs."""
    answer = stack.http.post(
        "/api/v1/predictions", json={"text": PRIVATE}, headers={"Prefer": "wait=10"}
    )
    assert answer.status_code == 200
    correction = {"text": PRIVATE, "label": "joy"}
    made = stack.http.post("/api/v1/corrections", json=correction)
    assert made.status_code == 202
    path = f"/api/v1/corrections/{made.json()['id']}"
    eventually(lambda: stack.http.get(path).json()["state"] in SETTLED, within=SETTLED_WITHIN)
    logs = stack.compose("logs", "--no-color")
    assert "predicted" in logs
    assert not secrets_in(stack, logs)
    assert "marzipan" not in logs


def secrets_in(stack: Installation, text: str) -> list[str]:
    """Return the names of the secrets in a text."""
    return [name for name, secret in stack.secrets().items() if secret in text]
