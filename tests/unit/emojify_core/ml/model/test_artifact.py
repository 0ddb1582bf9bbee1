"""Model folders: what was written is what is read, and nothing else is."""

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
    """Weights of a network with 4 word dimensions and 3 units."""
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


def about(**changes: Any) -> Manifest:
    """Fill in a manifest but for the files' sums."""
    given = {"temperature": 1.25, "confidence_threshold": 0.5, "epochs": 3}
    return Manifest(**{"files": {}, "network": {}, "training": {}, **given, **changes})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Save a small, sound model."""
    save_artifact(tmp_path / "model", WORDS, small_weights(), about())
    return tmp_path / "model"


def test_what_was_saved_is_loaded_equal(folder: Path) -> None:
    """Numbers, vocabulary and manifest survive; the vectors as rounded to float16."""
    manifest = load_manifest(folder)
    assert manifest.temperature == 1.25
    assert set(manifest.files) == set(FILES)
    loaded, expected = load_weights(folder), round_embeddings(small_weights())
    assert set(loaded) == set(expected)
    assert all((loaded[name] == expected[name]).all() for name in expected)
    assert all(array.dtype == np.float32 for array in loaded.values())


def test_no_file_of_it_is_a_pickle(folder: Path) -> None:
    """Reading a model can never run code from it: arrays load with pickles forbidden."""
    np.load(folder / "embeddings.npy", allow_pickle=False)
    with np.load(folder / "weights.npz", allow_pickle=False) as stored:
        assert all(stored[name].dtype == np.float32 for name in stored.files)


def test_the_identity_is_the_same_for_the_same_model(tmp_path: Path) -> None:
    """It is a sum over the content; when and where it was written is no part of it."""
    first = save_artifact(tmp_path / "a", WORDS, small_weights(), about(created_at="then"))
    second = save_artifact(tmp_path / "b", WORDS, small_weights(), about(created_at="now"))
    assert first.sha256 == second.sha256 == load_manifest(tmp_path / "b").sha256


@pytest.mark.parametrize(
    "changes", [{"temperature": 1.3}, {"confidence_threshold": 0.6}, {"weights": 1}]
)
def test_whatever_changes_an_answer_changes_the_identity(
    folder: Path, tmp_path: Path, changes: dict[str, Any]
) -> None:
    """Two models of one identity answer alike, calibration included."""
    weights = small_weights(changes.pop("weights", 0))
    other = save_artifact(tmp_path / "other", WORDS, weights, about(**changes))
    assert other.sha256 != load_manifest(folder).sha256


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_found_and_its_file_named(folder: Path, name: str) -> None:
    """A flipped bit on disk or in transit stops the load."""
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match=name):
        load_manifest(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    """A half-copied folder says which part is not there."""
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        load_manifest(folder)


def test_a_link_in_place_of_a_file_is_not_followed(folder: Path, tmp_path: Path) -> None:
    """A model's files are its own, even where the content would be right."""
    elsewhere = tmp_path / "elsewhere"
    shutil.move(folder / "weights.npz", elsewhere)
    (folder / "weights.npz").symlink_to(elsewhere)
    with pytest.raises(ModelError, match=r"weights\.npz"):
        load_manifest(folder)


def escape(raw: dict[str, Any]) -> None:
    """Name a file outside the folder."""
    raw["files"]["../../etc/passwd"] = raw["files"].pop("weights.npz")


@pytest.mark.parametrize(
    "change",
    [
        escape,
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
def test_a_manifest_that_says_something_else_is_refused(
    folder: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    """Another format, other labels, names outside the folder, impossible numbers."""
    raw = json.loads((folder / MANIFEST).read_text())
    change(raw)
    (folder / MANIFEST).write_text(json.dumps(raw))
    with pytest.raises(ModelError, match=MANIFEST):
        load_manifest(folder)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b'"model"'])
def test_a_manifest_that_is_no_manifest_is_refused(folder: Path, content: bytes) -> None:
    """Whatever the file holds, the answer is a sentence."""
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(ModelError, match=MANIFEST):
        load_manifest(folder)


def test_a_folder_without_a_model_says_how_to_make_one(tmp_path: Path) -> None:
    """The sentence names the command."""
    with pytest.raises(ModelError, match="emojify train"):
        load_manifest(tmp_path)


def test_saving_over_a_model_replaces_it_whole(folder: Path) -> None:
    """The new model stands there alone, with nothing temporary beside it."""
    (folder / "stray").write_text("left over")
    manifest = save_artifact(folder, WORDS, small_weights(1), about())
    assert load_manifest(folder).sha256 == manifest.sha256
    assert {path.name for path in folder.iterdir()} == {MANIFEST, *FILES}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_save_that_fails_leaves_the_old_model(folder: Path) -> None:
    """A crash half way costs nothing that was there."""
    before = load_manifest(folder).sha256
    broken = small_weights(1)
    del broken["output_bias"]
    with pytest.raises(KeyError):
        save_artifact(folder, WORDS, broken, about())
    assert load_manifest(folder).sha256 == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_the_shipped_model_is_sound_and_small() -> None:
    """What comes with the project passes its own check and is at most 15 MB."""
    manifest = load_manifest(SHIPPED)
    assert sum(entry.size for entry in manifest.files.values()) < 15e6
    assert {path.name for path in SHIPPED.iterdir()} == {MANIFEST, *FILES}
