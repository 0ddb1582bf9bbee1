"""Model folders: a saved model loads unchanged; an altered one is refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emojify_core.errors import ModelError
from emojify_core.ml.model.artifact import (
    FILES,
    MANIFEST,
    SHIPPED,
    Manifest,
    Weights,
    load_manifest,
    load_weights,
)
from emojify_core.ml.model.artifact_writer import round_embeddings, save_artifact
from emojify_core.ml.text.vocabulary import Vocabulary

WORDS = Vocabulary(["glad", "sad", "n't"])


def small_weights(seed: int = 0) -> Weights:
    """Return weights of a network with 4 word dimensions and 3 units."""
    shapes = {
        "embeddings": (len(WORDS), 4),
        "forward_kernel": (4, 12),
        "forward_recurrent": (3, 12),
        "forward_bias": (12,),
        "backward_kernel": (4, 12),
        "backward_recurrent": (3, 12),
        "backward_bias": (12,),
        "attention_kernel": (6, 2),
        "attention_bias": (2,),
        "attention_vector": (2,),
        "output_kernel": (12, 7),
        "output_bias": (7,),
    }
    random = np.random.default_rng(seed)
    return {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def small_manifest(**changes: Any) -> Manifest:
    """Return a manifest without checksums."""
    given = {"temperature": 1.25, "confidence_threshold": 0.5, "epochs": 3}
    return Manifest(**{"files": {}, "network": {}, "training": {}, **given, **changes})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Save a small valid model."""
    save_artifact(tmp_path / "model", WORDS, small_weights(), small_manifest())
    return tmp_path / "model"


def test_a_saved_model_loads_equal(folder: Path) -> None:
    """Weights and manifest survive; embeddings are rounded to float16."""
    manifest = load_manifest(folder)
    assert manifest.temperature == 1.25
    assert set(manifest.files) == set(FILES)
    loaded, expected = load_weights(folder), round_embeddings(small_weights())
    assert set(loaded) == set(expected)
    assert all((loaded[name] == expected[name]).all() for name in expected)
    assert all(array.dtype == np.float32 for array in loaded.values())


def test_no_file_is_a_pickle(folder: Path) -> None:
    """Reading a model cannot run code: its arrays load without pickle support."""
    np.load(folder / "embeddings.npy", allow_pickle=False)
    with np.load(folder / "weights.npz", allow_pickle=False) as stored:
        assert all(stored[name].dtype == np.float32 for name in stored.files)


def test_equal_models_have_the_same_identity(tmp_path: Path) -> None:
    """The identity covers the content, not the time or the folder."""
    first = save_artifact(tmp_path / "a", WORDS, small_weights(), small_manifest(created_at="then"))
    second = save_artifact(tmp_path / "b", WORDS, small_weights(), small_manifest(created_at="now"))
    assert first.sha256 == second.sha256 == load_manifest(tmp_path / "b").sha256


@pytest.mark.parametrize(
    "changes", [{"temperature": 1.3}, {"confidence_threshold": 0.6}, {"weights": 1}]
)
def test_every_change_to_predictions_changes_the_identity(
    folder: Path, tmp_path: Path, changes: dict[str, Any]
) -> None:
    """Models with one identity predict the same, calibration included."""
    weights = small_weights(changes.pop("weights", 0))
    other = save_artifact(tmp_path / "other", WORDS, weights, small_manifest(**changes))
    assert other.sha256 != load_manifest(folder).sha256


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_found_and_the_file_named(folder: Path, name: str) -> None:
    """A bit flipped on disk or in transit stops loading."""
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match=name):
        load_manifest(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    """The error for a half-copied folder names what is missing."""
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        load_manifest(folder)


def test_a_symlink_is_refused(folder: Path, tmp_path: Path) -> None:
    """A model's files must be in its folder, even if the linked content is right."""
    elsewhere = tmp_path / "elsewhere"
    shutil.move(folder / "weights.npz", elsewhere)
    (folder / "weights.npz").symlink_to(elsewhere)
    with pytest.raises(ModelError, match=r"weights\.npz"):
        load_manifest(folder)


def name_file_outside(raw: dict[str, Any]) -> None:
    """Replace a file's name by a path outside the folder."""
    raw["files"]["../../etc/passwd"] = raw["files"].pop("weights.npz")


@pytest.mark.parametrize(
    "change",
    [
        name_file_outside,
        lambda raw: raw.update(format=2),
        lambda raw: raw.pop("temperature"),
        lambda raw: raw.update(temperature=0),
        lambda raw: raw.update(temperature="warm"),
        lambda raw: raw.update(confidence_threshold=1.5),
        lambda raw: raw["labels"].reverse(),
        lambda raw: raw.pop("files"),
        lambda raw: raw.update(files=[]),
        lambda raw: raw.update(surprise=1),
    ],
)
def test_an_invalid_manifest_is_refused(
    folder: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    """Examples: another format, other labels, paths outside the folder, impossible numbers."""
    raw = json.loads((folder / MANIFEST).read_text())
    change(raw)
    (folder / MANIFEST).write_text(json.dumps(raw))
    with pytest.raises(ModelError, match=MANIFEST):
        load_manifest(folder)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b'"model"'])
def test_a_manifest_that_is_not_a_json_object_is_refused(folder: Path, content: bytes) -> None:
    """Any content gives a clear error."""
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(ModelError, match=MANIFEST):
        load_manifest(folder)


def test_a_folder_without_a_model_says_how_to_train_one(tmp_path: Path) -> None:
    """The message names the command."""
    with pytest.raises(ModelError, match="emojify train"):
        load_manifest(tmp_path)


def test_saving_replaces_a_model_completely(folder: Path) -> None:
    """No old or temporary file remains."""
    (folder / "stray").write_text("left over")
    manifest = save_artifact(folder, WORDS, small_weights(1), small_manifest())
    assert load_manifest(folder).sha256 == manifest.sha256
    assert {path.name for path in folder.iterdir()} == {MANIFEST, *FILES}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_failed_save_keeps_the_old_model(folder: Path) -> None:
    """A crash in the middle loses nothing."""
    before = load_manifest(folder).sha256
    broken = small_weights(1)
    del broken["output_bias"]
    with pytest.raises(KeyError):
        save_artifact(folder, WORDS, broken, small_manifest())
    assert load_manifest(folder).sha256 == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_the_shipped_model_is_valid_and_small() -> None:
    """The shipped model passes verification and has at most 15 MB."""
    manifest = load_manifest(SHIPPED)
    assert sum(entry.size for entry in manifest.files.values()) < 15e6
    assert {path.name for path in SHIPPED.iterdir()} == {MANIFEST, *FILES}
