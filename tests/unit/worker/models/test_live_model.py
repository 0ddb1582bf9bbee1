"""The live model of a prediction worker: it is replaced between two answers, never during one."""

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


def test_next_task_uses_the_new_live_version(
    model: LiveModel, installed: Storage, tmp_path: Path
) -> None:
    """A prediction after a publication comes from the new model, without a restart."""
    (before,), first = model.answer([JOYFUL])
    number = publish(installed, variant(installed, tmp_path, 3.0))
    model.refresh_unless_failing()
    (after,), second = model.answer([JOYFUL])
    assert (first, second, model.version) == (1, number, number)
    assert max(after.probabilities) < max(before.probabilities)


def test_explanation_comes_from_the_version_that_answers(
    model: LiveModel, installed: Storage, tmp_path: Path
) -> None:
    """A flatter model gives its words less weight; a refused text has no explanation."""
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
    """While versions change, each reply comes entirely from the version that it names."""
    expected = {1: model.answer(TEXTS)[0]}
    sums = [variant(installed, tmp_path, temperature) for temperature in (2.0, 3.0, 4.0)]
    for sha256 in sums:
        number = publish(installed, sha256)
        alone = LiveModel(installed)
        alone.load()
        expected[number] = alone.answer(TEXTS)[0]
    model = LiveModel(installed)
    mixed: list[int] = []
    seen: set[int] = set()
    done = threading.Event()

    def predict() -> None:
        while not done.is_set():
            answers, version = model.answer(TEXTS)
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
        assert model.answer(TEXTS)[1] == number
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
    assert model.answer([JOYFUL])[1] == 1
    graph.write_bytes(whole)
    model.refresh()
    assert model.problem == ""
    assert model.answer([JOYFUL])[1] == 2


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
    assert model.answer([JOYFUL])[1] == 1


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
    assert model.answer([JOYFUL])[1] == 1
    with pytest.raises(ModelError, match="another model"):
        model_folder(installed, wanted)
    manifest.write_bytes(own)
    model.refresh()
    assert model.answer([JOYFUL])[1] == 2
    assert model_folder(installed, wanted) == folder


def test_missing_files_keep_the_old_version_serving(model: LiveModel, installed: Storage) -> None:
    """A file store that lags behind fails no prediction."""
    publish(installed, "a" * 64)
    model.refresh_unless_failing()
    assert "no folder" in model.problem
    assert model.answer([JOYFUL])[1] == 1


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
    assert model.answer([JOYFUL])[1] == 1
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
    assert model.answer([JOYFUL])[1] == model.version == 0


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
    assert model.answer([JOYFUL])[1] == 1


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
