"""A new release takes the running one's place while people use it."""

from containers.batches import SentBatch
from containers.corrector import Corrector
from containers.installation import Installation
from containers.test_faults import ROWS, ends_of
from support.deadlines import eventually
from support.load import Load

CHANGED = ("emojify_core/__init__.py", "web/__init__.py", "worker/__init__.py")


def test_an_update_under_load_loses_no_prediction_and_no_correction(
    stack: Installation, corrector: Corrector
) -> None:
    """`deploy/compose/update`, as the documentation says; the model in service goes on."""
    before = {service: set(stack.ids(service)) for service in ("web", "worker", "trainer")}
    live = stack.models()["live"]
    for path in CHANGED:
        with (stack.folder / path).open("a", encoding="utf-8") as file:
            file.write('\nRELEASE = "the next one"\n')
    batch = SentBatch(corrector.http, ROWS)
    with Load(stack.url, clients=2) as load, corrector.going_on():
        eventually(lambda: load.succeeded() > 20 and corrector.accepted, within=60)
        stack.run(["deploy/compose/update"])
        answered, corrected = load.succeeded(), len(corrector.accepted)
        eventually(
            lambda: load.succeeded() > answered + 20 and len(corrector.accepted) > corrected + 1,
            within=60,
        )
    for service, ids in before.items():
        assert ids.isdisjoint(stack.ids(service)), f"{service} was replaced"
        assert len(stack.ids(service)) == len(ids)
    assert "the next one" in stack.python("worker", "import worker; print(worker.RELEASE)")
    assert load.statuses <= {200, 202}, "the queue was never too full"
    ends = ends_of(stack, load)
    assert set(ends) <= {"succeeded"}
    batch.until_answered()
    states = corrector.until_settled()
    assert states["live"]
    assert stack.models()["live"] > live
    assert stack.learned_twice() == []
    print(
        f"\nupdate: {len(load.answers)} answers, {len(load.errors)} connections refused, {states}"
    )
