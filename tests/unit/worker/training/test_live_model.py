"""The model in a prediction worker: replaced while it answers, never mixed, never lost."""

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from emojify_core.errors import ModelError
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
    """Store the shipped model with another temperature, a model of its own; return its sum."""
    folder = folder / f"variant {temperature}"
    shutil.copytree(SHIPPED, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"temperature": temperature}))
    sha256 = load_manifest(folder).sha256
    storage.models.put(sha256, folder)
    return sha256


def publish(storage: Storage, sha256: str) -> int:
    """Make these files the next version."""
    live, generation = storage.versions.live()
    new = replace(publication("", live.version), sha256=sha256)
    return storage.versions.publish(new, generation).version


@pytest.fixture
def installed(storage: Storage) -> Storage:
    """Return a storage with the shipped model as its base."""
    prepare_installation(storage)
    return storage


@pytest.fixture
def model(installed: Storage) -> LiveModel:
    """Return a worker's model, loaded."""
    model = LiveModel(installed)
    model.load()
    return model


def test_the_live_version_is_served_from_the_next_task_on(
    model: LiveModel, installed: Storage, tmp_path: Path
) -> None:
    """Whoever asks after the publication gets the new model, without a restart."""
    (before,), first = model.answer([JOYFUL])
    number = publish(installed, variant(installed, tmp_path, 3.0))
    model.refresh_unless_failing()
    (after,), second = model.answer([JOYFUL])
    assert (first, second, model.version) == (1, number, number)
    assert max(after.probabilities) < max(before.probabilities)


def test_an_explanation_is_of_the_version_that_answers(
    model: LiveModel, installed: Storage, tmp_path: Path
) -> None:
    """A flatter model's words weigh less; a text that cannot be answered has none."""
    plain, first, words = model.explain(JOYFUL)
    assert ((plain,), first) == model.answer([JOYFUL])
    publish(installed, variant(installed, tmp_path, 30.0))
    model.refresh_unless_failing()
    _, second, flatter = model.explain(JOYFUL)
    assert second == first + 1
    assert max(each.weight for each in flatter) < max(each.weight for each in words)
    refused, _, none = model.explain(" ")
    assert refused.error
    assert none == ()


def test_answers_never_mix_two_models(model: LiveModel, installed: Storage, tmp_path: Path) -> None:
    """While versions come one after the other, each answer is wholly of the version it names."""
    expected = {1: model.answer(TEXTS)[0]}
    sums = [variant(installed, tmp_path, temperature) for temperature in (2.0, 3.0, 4.0)]
    for sha256 in sums:
        number = publish(installed, sha256)
        alone = LiveModel(installed)
        alone.load()
        expected[number] = alone.answer(TEXTS)[0]
    model = LiveModel(installed)
    wrong: list[int] = []
    seen: set[int] = set()
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            answers, version = model.answer(TEXTS)
            seen.add(version)
            if answers != expected[version]:
                wrong.append(version)

    model.load()
    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for sha256 in [*sums, *sums]:
        number = publish(installed, sha256)
        expected[number] = expected[sums.index(sha256) + 2]
        model.refresh()
        assert model.answer(TEXTS)[1] == number
    done.set()
    for asker in askers:
        asker.join()
    assert wrong == []
    assert len(seen) > 1


def test_damaged_files_are_not_served(model: LiveModel, installed: Storage, tmp_path: Path) -> None:
    """The worker keeps the model it has and says what is wrong, until it is mended."""
    sha256 = variant(installed, tmp_path, 3.0)
    graph = installed.models.folder(sha256) / "model.onnx"
    whole = graph.read_bytes()
    graph.write_bytes(whole[:-1])
    publish(installed, sha256)
    model.refresh()
    assert "model.onnx is damaged" in model.problem
    assert model.answer([JOYFUL])[1] == 1
    graph.write_bytes(whole)
    model.refresh()
    assert model.problem == ""
    assert model.answer([JOYFUL])[1] == 2


@pytest.mark.parametrize("kind", [0, 2, "1", None])
def test_a_model_of_another_format_is_not_served(
    model: LiveModel, installed: Storage, tmp_path: Path, kind: object
) -> None:
    """While releases change, a worker that cannot read the live model keeps its own and says so."""
    sha256 = variant(installed, tmp_path, 3.0)
    path = installed.models.folder(sha256) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": kind}))
    publish(installed, sha256)
    model.refresh()
    assert "is not of format 1" in model.problem
    assert model.answer([JOYFUL])[1] == 1


def test_another_model_under_a_version_s_name_is_not_served(
    model: LiveModel, installed: Storage, tmp_path: Path
) -> None:
    """Files that agree with each other, but not with the database, are nobody's model."""
    wanted, other = (variant(installed, tmp_path, temperature) for temperature in (3.0, 4.0))
    folder = installed.models.folder(wanted)
    manifest = folder / "manifest.json"
    own = manifest.read_bytes()
    manifest.write_bytes((installed.models.folder(other) / "manifest.json").read_bytes())
    publish(installed, wanted)
    model.refresh()
    assert f"another model ({other[:12]})" in model.problem
    assert model.answer([JOYFUL])[1] == 1
    with pytest.raises(ModelError, match="another model"):
        model_folder(installed, wanted)
    manifest.write_bytes(own)
    model.refresh()
    assert model.answer([JOYFUL])[1] == 2
    assert model_folder(installed, wanted) == folder


def test_missing_files_are_waited_for(model: LiveModel, installed: Storage) -> None:
    """A store that lags behind costs no prediction."""
    publish(installed, "a" * 64)
    model.refresh_unless_failing()
    assert "no folder" in model.problem
    assert model.answer([JOYFUL])[1] == 1


def test_an_unreadable_pointer_leaves_the_model_serving(
    model: LiveModel, installed: Storage, settings: Settings
) -> None:
    """Predictions need no database; the worker reports that it cannot follow."""
    database = Path(settings.database_url.removeprefix("sqlite:///"))
    installed.engine.dispose()
    kept = database.read_bytes()
    database.write_bytes(b"no database" * 100)
    for rest in ("-wal", "-shm"):
        database.with_name(database.name + rest).unlink(missing_ok=True)
    model.refresh()
    assert "does not answer" in model.problem
    assert model.answer([JOYFUL])[1] == 1
    database.write_bytes(kept)
    installed.engine.dispose()
    model.refresh()
    assert model.problem == ""


def test_a_worker_that_finds_no_storage_starts_with_the_shipped_model(tmp_path: Path) -> None:
    """A fresh machine whose database is not up yet answers all the same.

    Which number that model has, only the database knows: it is told as 0.
    """
    nowhere = tmp_path / "file"
    nowhere.write_text("not a folder")
    environ = {"EMOJIFY_HOME": str(nowhere), "EMOJIFY_DATABASE_URL": f"sqlite:///{nowhere}/x"}
    model = LiveModel(open_storage(Settings.from_env(environ)))
    model.load()
    assert model.problem
    assert model.answer([JOYFUL])[1] == model.version == 0


def test_a_surprise_while_loading_leaves_the_model_serving(
    model: LiveModel, installed: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong with the next model, the one in memory is sound."""
    publish(installed, variant(installed, tmp_path, 3.0))

    def fail(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("worker.models.live_model.Predictor.warm", fail)
    model.refresh_unless_failing()
    assert "MemoryError" in model.problem
    assert model.answer([JOYFUL])[1] == 1


def test_the_version_never_goes_back(model: LiveModel, installed: Storage, tmp_path: Path) -> None:
    """Whoever read the pointer a moment earlier does not undo a newer load."""
    publish(installed, variant(installed, tmp_path, 3.0))
    stale = read_pointer(installed.engine)
    publish(installed, variant(installed, tmp_path, 4.0))
    model.refresh()
    assert model.version == 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("worker.models.live_model.read_pointer", lambda _: stale)
        model.refresh()
    assert model.version == 3
