"""An update to a new release while people use the stack."""

import json
import re
from collections.abc import Set as AbstractSet

from containers.batches import SentBatch
from containers.corrector import SETTLED, Corrector
from containers.installation import Installation
from containers.settling import until_all_serve, until_nothing_waits
from containers.test_faults import ROWS, end_states
from support.deadlines import eventually
from support.load_generator import Load

CHANGED = ("emojify_core/__init__.py", "web/__init__.py", "worker/__init__.py")


def test_an_update_under_load_loses_no_prediction_and_no_correction(
    stack: Installation, corrector: Corrector
) -> None:
    """`deploy/compose/update` keeps the live model in service."""
    before = {service: set(stack.ids(service)) for service in ("web", "worker", "trainer")}
    live = stack.models()["live"]
    for path in CHANGED:
        with (stack.folder / path).open("a", encoding="utf-8") as file:
            file.write('\nRELEASE = "the next one"\n')
    batch = SentBatch(corrector.http, ROWS)
    with Load(stack.url, clients=2) as load, corrector.running():
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
    ends = end_states(stack, load)
    assert set(ends) <= {"succeeded"}
    batch.until_succeeded()
    states = corrector.until_settled()
    assert states["live"]
    assert stack.models()["live"] > live
    assert stack.learned_twice() == []
    print(
        f"\nupdate: {len(load.answers)} answers, {len(load.errors)} connections refused, {states}"
    )


def test_a_broken_release_leaves_the_old_one(stack: Installation) -> None:
    """The update removes its workers and gives the reason; the next try starts clean."""
    before = set(stack.ids("worker"))
    main = stack.folder / "worker/__main__.py"
    whole = main.read_text(encoding="utf-8")
    main.write_text('raise SystemExit("no good")\n', encoding="utf-8")
    said = stack.run(["deploy/compose/update"], fails=True)
    main.write_text(whole, encoding="utf-8")
    assert "no good" in said
    assert said.strip().endswith("The old release continues.")
    everybody = stack.compose("ps", "--all", "--quiet", "worker").split()
    assert set(everybody) == before
    body = {"text": "I passed the exam!"}
    answer = stack.http.post("/api/v1/predictions", json=body, headers={"Prefer": "wait=10"})
    assert answer.json()["state"] == "succeeded"


def test_a_release_with_a_new_model_format_learns_the_corrections_again(
    stack: Installation, corrector: Corrector
) -> None:
    """Its base model goes live, and the trainer decides every correction again."""
    for _ in range(4):
        corrector.correct()
    assert corrector.until_settled()["live"] == 4
    before, learned = stack.models()["live"], corrections_in(stack, {"live"})
    artefact = stack.folder / "emojify_core/ml/model/artifact.py"
    code, changed = re.subn(
        r"^FORMAT: Final = .*$", "FORMAT: Final = 99", artefact.read_text(), flags=re.MULTILINE
    )
    assert changed == 1
    artefact.write_text(code)
    manifest = stack.folder / "emojify_core/ml/shipped/manifest.json"
    model = json.loads(manifest.read_text())
    manifest.write_text(
        json.dumps(model | {"format": 99, "temperature": model["temperature"] * 1.01})
    )
    with Load(stack.url, clients=1) as load:
        stack.run(["deploy/compose/update"])
    assert load.statuses <= {200, 202}
    assert set(end_states(stack, load)) <= {"succeeded"}
    until_nothing_waits(stack)
    states = corrector.states()
    assert states["live"] == 4, states
    assert learned <= corrections_in(stack, SETTLED), "all of them, whoever had said them"
    models = stack.models()
    (base,) = [
        each
        for each in models["versions"]
        if each["version"] > before and each["cause"]["kind"] == "shipped"
    ]
    assert models["live"] > base["version"], "they were learned on top of it"
    until_all_serve(stack, models["live"])
    assert stack.learned_twice() == []


def corrections_in(stack: Installation, states: AbstractSet[str]) -> set[str]:
    """Return everybody's corrections in these states."""
    rows = stack.sql("SELECT id, state FROM corrections")
    return {correction for correction, state in rows if state in states}
