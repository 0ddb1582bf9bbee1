"""The live model of a prediction worker: it is replaced between two answers, never during one."""

import json
import shutil
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from emojify_core.answer import Answer
from emojify_core.errors import ModelError
from emojify_core.messages import Influence, PredictRequest
from emojify_core.ml.model.artifact import SHIPPED, load_manifest
from emojify_core.settings import Settings
from emojify_core.storage.factory import Storage, open_storage
from emojify_core.storage.versions.live_pointer import read_pointer
from support.installation import CLEAR, JOYFUL
from support.learning import publication
from worker.models.live_model import LiveModel
from worker.models.loader import model_folder
from worker.models.shipped_model import prepare_installation

TEXTS = list(CLEAR)


def variant(storage: Storage, folder: Path, temperature: float) -> str:
    """Store the shipped model with another temperature; return the hash of that model."""
    folder = folder / f"variant {temperature}"
    shutil.copytree(SHIPPED, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"temperature": temperature}))
    sha256 = load_manifest(folder).sha256
    storage.models.put(sha256, folder)
    return sha256


def publish(storage: Storage, sha256: str) -> int:
    """Publish these files as the next version; return its number."""
    live, generation = storage.versions.live()
    new = replace(publication("", live.version), sha256=sha256)
    return storage.versions.publish(new, generation).version


@pytest.fixture
def installed(storage: Storage) -> Storage:
    """Return a storage with the shipped model as base version."""
    prepare_installation(storage)
    return storage


@pytest.fixture
def model(installed: Storage) -> LiveModel:
    """Return a loaded model."""
    model = LiveModel(installed)
    model.load()
    return model


def answer(model: LiveModel, texts: Sequence[str]) -> tuple[tuple[Answer, ...], int]:
    """Return the answers to a list of texts, and the version that gave them."""
    request = PredictRequest(tuple(texts), single=False, request_id="test")
    (answered,), version = model.answer([request])
    assert answered.influences is None
    return answered.answers, version


def explain(model: LiveModel, text: str) -> tuple[Answer, int, tuple[Influence, ...]]:
    """Return the answer to one text, the version that gave it, and what speaks for it."""
    request = PredictRequest((text,), single=True, request_id="test", explain=True)
    (answered,), version = model.answer([request])
    (only,) = answered.answers
    assert answered.influences is not None
    return only, version, answered.influences


def test_requests_that_travel_together_get_what_each_gets_alone(model: LiveModel) -> None:
    """Single texts, lists with an invalid text, and explained ones, in any order."""
    requests = [
        PredictRequest((JOYFUL,), single=True, request_id="a"),
        PredictRequest((JOYFUL,), single=True, request_id="b", explain=True),
        PredictRequest((*TEXTS, " "), single=False, request_id="c"),
        PredictRequest((" ",), single=True, request_id="d", explain=True),
    ]
    together, version = model.answer(requests)
    alone = [model.answer([request]) for request in requests]
    assert {each for _, each in alone} == {version}
    for found, ((expected,), _) in zip(together, alone, strict=True):
        assert found.influences == expected.influences
        for one, other in zip(found.answers, expected.answers, strict=True):
            assert one.error == other.error
            assert one.probabilities == pytest.approx(other.probabilities, abs=2e-4)


def test_next_task_uses_the_new_live_version(
    model: LiveModel, installed: Storage, tmp_path: Path
) -> None:
    """A prediction after a publication comes from the new model, without a restart."""
    (before,), first = answer(model, [JOYFUL])
    number = publish(installed, variant(installed, tmp_path, 3.0))
    model.refresh_unless_failing()
    (after,), second = answer(model, [JOYFUL])
    assert (first, second, model.version) == (1, number, number)
    assert max(after.probabilities) < max(before.probabilities)


def test_explanation_comes_from_the_version_that_answers(
    model: LiveModel, installed: Storage, tmp_path: Path
) -> None:
    """A flatter model gives its words less weight; a refused text has no explanation."""
    plain, first, words = explain(model, JOYFUL)
    assert ((plain,), first) == answer(model, [JOYFUL])
    publish(installed, variant(installed, tmp_path, 30.0))
    model.refresh_unless_failing()
    _, second, flatter = explain(model, JOYFUL)
    assert second == first + 1
    assert max(each.weight for each in flatter) < max(each.weight for each in words)
    refused, _, none = explain(model, " ")
    assert refused.error
    assert none == ()


def test_answers_never_mix_two_models(model: LiveModel, installed: Storage, tmp_path: Path) -> None:
    """While versions change, each reply comes entirely from the version that it names."""
    expected = {1: answer(model, TEXTS)[0]}
    sums = [variant(installed, tmp_path, temperature) for temperature in (2.0, 3.0, 4.0)]
    for sha256 in sums:
        number = publish(installed, sha256)
        alone = LiveModel(installed)
        alone.load()
        expected[number] = answer(alone, TEXTS)[0]
    model = LiveModel(installed)
    mixed: list[int] = []
    seen: set[int] = set()
    done = threading.Event()

    def predict() -> None:
        while not done.is_set():
            answers, version = answer(model, TEXTS)
            seen.add(version)
            if answers != expected[version]:
                mixed.append(version)

    model.load()
    threads = [threading.Thread(target=predict) for _ in range(3)]
    for thread in threads:
        thread.start()
    for sha256 in [*sums, *sums]:
        number = publish(installed, sha256)
        expected[number] = expected[sums.index(sha256) + 2]
        model.refresh()
        assert answer(model, TEXTS)[1] == number
    done.set()
    for thread in threads:
        thread.join()
    assert mixed == []
    assert len(seen) > 1


def test_damaged_files_are_not_served(model: LiveModel, installed: Storage, tmp_path: Path) -> None:
    """The worker keeps its model and reports the problem until the files are repaired."""
    sha256 = variant(installed, tmp_path, 3.0)
    graph = installed.models.folder(sha256) / "model.onnx"
    whole = graph.read_bytes()
    graph.write_bytes(whole[:-1])
    publish(installed, sha256)
    model.refresh()
    assert "model.onnx is damaged" in model.problem
    assert answer(model, [JOYFUL])[1] == 1
    graph.write_bytes(whole)
    model.refresh()
    assert model.problem == ""
    assert answer(model, [JOYFUL])[1] == 2


@pytest.mark.parametrize("kind", [0, 2, "1", None])
def test_a_model_of_another_format_is_not_served(
    model: LiveModel, installed: Storage, tmp_path: Path, kind: object
) -> None:
    """A worker of an older release keeps its model and reports that it cannot read the new one."""
    sha256 = variant(installed, tmp_path, 3.0)
    path = installed.models.folder(sha256) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": kind}))
    publish(installed, sha256)
    model.refresh()
    assert "does not have format 1" in model.problem
    assert answer(model, [JOYFUL])[1] == 1


def test_model_with_the_wrong_hash_is_not_served(
    model: LiveModel, installed: Storage, tmp_path: Path
) -> None:
    """Consistent files that differ from the database's hash are refused."""
    wanted, other = (variant(installed, tmp_path, temperature) for temperature in (3.0, 4.0))
    folder = installed.models.folder(wanted)
    manifest = folder / "manifest.json"
    own = manifest.read_bytes()
    manifest.write_bytes((installed.models.folder(other) / "manifest.json").read_bytes())
    publish(installed, wanted)
    model.refresh()
    assert f"another model ({other[:12]})" in model.problem
    assert answer(model, [JOYFUL])[1] == 1
    with pytest.raises(ModelError, match="another model"):
        model_folder(installed, wanted)
    manifest.write_bytes(own)
    model.refresh()
    assert answer(model, [JOYFUL])[1] == 2
    assert model_folder(installed, wanted) == folder


def test_missing_files_keep_the_old_version_serving(model: LiveModel, installed: Storage) -> None:
    """A file store that lags behind fails no prediction."""
    publish(installed, "a" * 64)
    model.refresh_unless_failing()
    assert "no folder" in model.problem
    assert answer(model, [JOYFUL])[1] == 1


def test_unreadable_live_pointer_keeps_the_old_version_serving(
    model: LiveModel, installed: Storage, settings: Settings
) -> None:
    """Predictions need no database; the worker reports that it cannot check the live version."""
    database = Path(settings.database_url.removeprefix("sqlite:///"))
    installed.engine.dispose()
    kept = database.read_bytes()
    database.write_bytes(b"no database" * 100)
    for rest in ("-wal", "-shm"):
        database.with_name(database.name + rest).unlink(missing_ok=True)
    model.refresh()
    assert "does not answer" in model.problem
    assert answer(model, [JOYFUL])[1] == 1
    database.write_bytes(kept)
    installed.engine.dispose()
    model.refresh()
    assert model.problem == ""


def test_worker_without_storage_starts_with_the_shipped_model(tmp_path: Path) -> None:
    """A new machine answers before its database is up.

    Only the database knows the version number of the shipped model: the worker reports 0.
    """
    nowhere = tmp_path / "file"
    nowhere.write_text("not a folder")
    environ = {"EMOJIFY_HOME": str(nowhere), "EMOJIFY_DATABASE_URL": f"sqlite:///{nowhere}/x"}
    model = LiveModel(open_storage(Settings.from_env(environ)))
    model.load()
    assert model.problem
    assert answer(model, [JOYFUL])[1] == model.version == 0


def test_unexpected_error_while_loading_keeps_the_old_version_serving(
    model: LiveModel, installed: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model in memory does not depend on the next one."""
    publish(installed, variant(installed, tmp_path, 3.0))

    def fail(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("worker.models.live_model.Predictor.warm", fail)
    model.refresh_unless_failing()
    assert "MemoryError" in model.problem
    assert answer(model, [JOYFUL])[1] == 1


def test_the_version_never_goes_back(model: LiveModel, installed: Storage, tmp_path: Path) -> None:
    """A thread that read the live pointer earlier does not undo a newer load."""
    publish(installed, variant(installed, tmp_path, 3.0))
    stale = read_pointer(installed.engine)
    publish(installed, variant(installed, tmp_path, 4.0))
    model.refresh()
    assert model.version == 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("worker.models.live_model.read_pointer", lambda _: stale)
        model.refresh()
    assert model.version == 3
