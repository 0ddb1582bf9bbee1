"""Containers are killed under load: everything recovers, nothing is lost."""

import pytest

from containers.batches import SentBatch
from containers.corrector import Corrector
from containers.installation import Installation
from emojify_core.queue.celery_app import LOST_AFTER
from support.deadlines import eventually
from support.load_generator import Load

FLOWS_WITHIN = 60  # seconds
ROWS = 20_000


@pytest.mark.parametrize("service", ["worker", "trainer", "redis", "postgres"])
def test_killed_containers_lose_nothing(
    stack: Installation, corrector: Corrector, service: str
) -> None:
    """Every accepted prediction and row gets its result, and every correction is learned once.

    Redis may lose the last second of its memory; the API reports those predictions within 30 s.
    """
    batch = SentBatch(corrector.http, ROWS)
    with Load(stack.url, clients=2) as load, corrector.running():
        eventually(lambda: load.succeeded() > 20 and len(corrector.accepted) > 1, within=60)
        stack.crash(service)
        answered, corrected = load.succeeded(), len(corrector.accepted)
        eventually(
            lambda: load.succeeded() > answered + 20 and len(corrector.accepted) > corrected + 1,
            within=FLOWS_WITHIN,
            what=f"predictions and corrections flow without the {service} that was killed",
        )
    stack.until_healthy()
    states = corrector.until_settled()
    assert states.total() == len(corrector.accepted)
    assert states["live"]
    assert load.statuses <= {200, 202, 503}
    batch.until_succeeded()
    ends = end_states(stack, load)
    print(f"\n{service} killed: {len(load.answers)} answers, {states}, then {ends}")
    assert set(ends) <= {"succeeded", "lost"}
    if service != "redis":
        assert "lost" not in ends
        assert load.statuses <= {200, 202}
    assert stack.learned_twice() == []


def end_states(stack: Installation, load: Load) -> dict[str, int]:
    """Return how often each final state occurred; `lost` if Redis lost the prediction."""
    ends: dict[str, int] = {}
    for prediction in load.open_ids():

        def end(name: str = prediction) -> str:
            body = stack.http.get(f"/api/v1/predictions/{name}").json()
            error = body.get("error") or {}
            return {"succeeded": "succeeded", "failed": str(error.get("code"))}.get(
                body["state"], ""
            )

        reached = eventually(end, within=LOST_AFTER + 5, what=f"{prediction} ends")
        ends[reached] = ends.get(reached, 0) + 1
    return ends
