"""What a user of the published port gets."""

import httpx
import pytest

from containers.batches import SentBatch
from containers.corrector import Corrector
from containers.installation import RUNNING, Installation
from containers.settling import until_all_serve

HEALTHY_WITHIN = 60  # seconds, with images built
IDLE_BYTES = 2_000_000_000


def test_make_up_is_healthy_within_a_minute(start_seconds: float) -> None:
    """With built images."""
    print(f"\nmake up to healthy: {start_seconds:.0f} s")
    assert start_seconds < HEALTHY_WITHIN


def test_a_text_is_predicted_through_the_published_port(stack: Installation) -> None:
    """With the README's command."""
    answer = stack.http.post(
        "/api/v1/predictions",
        json={"text": "I passed the exam!"},
        headers={"Prefer": "wait=10"},
    )
    assert answer.status_code == 200
    assert answer.json()["result"]["label"] == "joy"


def test_a_batch_has_a_result_for_each_row(corrector: Corrector) -> None:
    """In the order of the file."""
    SentBatch(corrector.http, 3000).until_succeeded()


def test_a_correction_goes_live_in_all_three_workers(
    stack: Installation, corrector: Corrector
) -> None:
    """Every worker predicts the corrected label."""
    correction = corrector.correct()
    assert corrector.until_settled() == {"live": 1}
    receipt = corrector.http.get(f"/api/v1/corrections/{correction}").json()["receipt"]
    until_all_serve(stack, receipt["model_version"])


def test_the_idle_stack_is_within_its_memory(stack: Installation, corrector: Corrector) -> None:
    """With a warm trainer and three workers."""
    corrector.correct()
    corrector.until_settled()  # TensorFlow is loaded now
    used = {
        f"{service} {number}": resident_bytes(stack, container)
        for service in RUNNING
        for number, container in enumerate(stack.ids(service), 1)
    }
    assert len(used) == len(RUNNING) + 2
    assert min(used.values()) > 1e6, "not measured"
    total = sum(used.values())
    print(
        f"\nidle memory: {total / 1e6:.0f} MB", {name: round(of / 1e6) for name, of in used.items()}
    )
    assert total < IDLE_BYTES


def resident_bytes(stack: Installation, container: str) -> int:
    """Return the resident memory of a container's processes; shared pages count for each.

    The function reads the processes: `docker stats` shows 0 without the kernel's group memory.
    """
    lines = stack.run(["docker", "top", container, "-eo", "pid,rss"]).splitlines()[1:]
    return sum(int(line.split()[1]) * 1024 for line in lines)


def test_flower_needs_its_password(stack: Installation) -> None:
    """The port shows nothing without the password in `.env`."""
    address = stack.compose("port", "flower", "5555").strip()
    assert address.startswith("127.0.0.1:")
    password = stack.secrets()["EMOJIFY_FLOWER_PASSWORD"]
    with httpx.Client(base_url=f"http://{address}", trust_env=False) as http:
        assert http.get("/").status_code == 401
        assert http.get("/api/workers").status_code == 401
        assert http.get("/", auth=("emojify", "wrong")).status_code == 401
        page = http.get("/", auth=("emojify", password))
    assert page.status_code == 200
    assert page.text.count("predict@") >= 3


def test_without_the_training_set_the_stack_reports_its_substitute(stack: Installation) -> None:
    """It works without internet."""
    fetched = stack.compose("logs", "--no-log-prefix", "data")
    said = stack.compose("logs", "--no-log-prefix", "trainer")
    if "going on without PsychExp" in fetched:
        assert '"judged_on": "starter"' in said
    else:
        assert '"judged_on": "psychexp"' in said


@pytest.mark.parametrize(
    "variables", [{"EMOJIFY_BIND": "192.0.2.1"}, {"EMOJIFY_TLS_BIND": "192.0.2.1"}]
)
def test_a_stack_published_to_others_needs_api_keys(
    stack: Installation, variables: dict[str, str]
) -> None:
    """It is never open by mistake."""
    web = ("run", "--rm", "--no-deps", "-T", "web")
    said = stack.compose(*web, fails=True, **variables)
    assert "EMOJIFY_API_KEYS" in said
    assert "Traceback" not in said
