"""The served model."""

import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emojify_core.errors import ModelError
from emojify_core.labels import LABELS
from emojify_core.limits import (
    MAX_CHARACTERS,
    MAX_REQUEST_CHARACTERS,
    MAX_REQUEST_TOKENS,
    MAX_TEXTS,
)
from emojify_core.ml.data.starter_set import load_starter
from emojify_core.ml.inference.answers import answer_texts, explain_text
from emojify_core.ml.inference.loaded_model import load_model
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.inference.slices import shorten_longest
from emojify_core.ml.model.artifact import SHIPPED, load_manifest
from emojify_core.ml.model.artifact_writer import save_artifact
from emojify_core.ml.model.calibration import certainty
from emojify_core.tokenizer import token_limit
from support.hypothesis_profiles import examples

PREDICTOR = Predictor.load(SHIPPED)
TEXTS = load_starter()[0]


def best(text: str) -> str:
    """Return the shipped model's label for a text."""
    return LABELS[int(PREDICTOR.predict([text]).probabilities[0].argmax())]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I was so happy when my daughter was born.", "joy"),
        ("I was alone at night and someone followed me.", "fear"),
        ("My grandmother died and I miss her.", "sadness"),
        ("I saw a man vomiting on the street.", "disgust"),
        ("I lied to my mother and she trusted me.", "guilt"),
    ],
)
def test_a_plain_case_gets_its_obvious_label(text: str, label: str) -> None:
    """The shipped model works without training."""
    assert best(text) == label


@pytest.mark.parametrize("unit", ["a.", "😀", "!?", "a ", "im ", "\ufdfa", "–", "happy "])
@pytest.mark.parametrize("texts", [40, MAX_TEXTS])
def test_the_work_of_a_request_is_bounded(unit: str, texts: int) -> None:
    """The model reads a bounded number of tokens, whatever the texts consist of."""
    size = MAX_REQUEST_CHARACTERS // texts
    ids = [PREDICTOR.encode((unit * size)[: size - 2] + "aa") for _ in range(texts)]
    read = shorten_longest(ids, MAX_REQUEST_TOKENS)
    assert sum(map(len, read)) <= MAX_REQUEST_TOKENS  # of which it reads 100,000 in a second


def test_200000_characters_of_english_are_read_whole() -> None:
    """The limit on a request's tokens is for rows of signs."""
    sentence = "When my grandmother suddenly died last autumn, everybody gathered quietly. "
    texts = [(sentence * 70)[:MAX_CHARACTERS]] * (MAX_REQUEST_CHARACTERS // MAX_CHARACTERS)
    ids = [PREDICTOR.encode(text) for text in texts]
    assert shorten_longest(ids, MAX_REQUEST_TOKENS) == ids


def test_a_request_is_shortened_and_other_lists_are_not() -> None:
    """What learning and batches read does not depend on the texts beside it."""
    texts = ["happy " * 50, "My grandmother died and I miss her."]
    whole, cut = PREDICTOR.predict(texts), PREDICTOR.predict(texts, max_words=20)
    assert whole.probabilities[0] != pytest.approx(cut.probabilities[0], abs=1e-4)
    assert whole.probabilities[1] == pytest.approx(cut.probabilities[1], abs=1e-5)


def test_a_text_of_one_sign_is_answered_as_far_as_it_is_read() -> None:
    """A very long row of emoji is answered, and the explanation leaves it out."""
    text = "😀 " * (MAX_CHARACTERS // 2)
    assert len(PREDICTOR.encode(text)) == token_limit(text) < MAX_CHARACTERS / 2
    (answer,) = answer_texts(PREDICTOR, [text])
    assert answer.error is None
    assert explain_text(PREDICTOR, text) == (answer, ())


def test_probabilities_are_seven_and_sum_to_one() -> None:
    """Every prediction is a distribution over the labels."""
    found = PREDICTOR.predict(TEXTS)
    assert found.probabilities.shape == (len(TEXTS), 7)
    assert found.probabilities.dtype == np.float32
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert found.confident.shape == (len(TEXTS),)
    assert found.confident.dtype == np.bool_


def test_predictions_keep_the_order_of_the_texts() -> None:
    """Sorting by length stays internal; no other text changes a prediction."""
    together = PREDICTOR.predict(TEXTS).probabilities
    backwards = PREDICTOR.predict(TEXTS[::-1]).probabilities[::-1]
    alone = np.concatenate([PREDICTOR.predict([text]).probabilities for text in TEXTS[:60]])
    assert np.abs(together - backwards).max() < 1e-5
    assert np.abs(together[:60] - alone).max() < 1e-5


def test_no_texts_give_no_predictions() -> None:
    """An empty list is no error."""
    found = PREDICTOR.predict([])
    assert found.probabilities.shape == (0, 7)
    assert found.confident.shape == (0,)


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\t", "qwzzkx vrrtplm", "?!?!", "...", "https://example.org", "\ud800"]
)
def test_a_text_without_a_known_word_is_never_confident(text: str) -> None:
    """The model is unsure when it has nothing to read."""
    assert not PREDICTOR.predict([text]).confident[0]


def test_a_prediction_below_the_threshold_is_not_confident() -> None:
    """The flag follows the manifest's threshold for texts with words."""
    found = PREDICTOR.predict(TEXTS)
    manifest = load_manifest(SHIPPED)
    emotional = found.emotional if manifest.gate else np.ones(len(TEXTS), np.float32)
    sure = certainty(found.probabilities, emotional) >= manifest.confidence_threshold
    assert (found.confident == (sure & ~found.none)).mean() > 0.99
    assert 0 < found.confident.sum() < len(TEXTS)


@given(st.lists(st.text(st.characters(codec=None), max_size=60), max_size=6))
@settings(max_examples=examples(60))
def test_any_text_gets_a_prediction(texts: list[str]) -> None:
    """No input makes the worker fail or return NaN."""
    found = PREDICTOR.predict(texts)
    assert np.isfinite(found.probabilities).all()
    assert len(found.confident) == len(texts)


def test_a_very_long_text_is_read_to_its_end() -> None:
    """The API allows 5,000 characters; the last words still count."""
    start = "it was a day like any other . " * 150
    calm, sad = (PREDICTOR.predict([start + end]).probabilities[0] for end in ("ok", "he died"))
    assert np.abs(calm - sad).max() > 1e-4


def test_several_threads_give_the_same_predictions() -> None:
    """Slices that run in parallel keep their places."""
    several = Predictor.load(SHIPPED, threads=2)
    expected = PREDICTOR.predict(TEXTS)
    for _ in range(3):
        found = several.predict(TEXTS)
        assert (found.probabilities == expected.probabilities).all()
        assert (found.confident == expected.confident).all()


def test_a_similar_model_shares_unchanged_files(tmp_path: Path) -> None:
    """An update changes only embeddings, so a worker loads nothing else again."""
    changed = load_model(SHIPPED)
    table = changed.weights["embeddings"].copy()
    table[changed.vocabulary.ids(["glad"])] *= -1
    moved = changed.with_embeddings(table)
    folder = tmp_path / "moved"
    save_artifact(folder, moved.vocabulary, moved.weights, moved.manifest)
    fresh, like = Predictor.load(folder), Predictor.load(folder, like=PREDICTOR)
    assert like.sha256 == fresh.sha256 != PREDICTOR.sha256
    expected = fresh.predict(TEXTS).probabilities
    assert (like.predict(TEXTS).probabilities == expected).all()
    glad = [each.predict(["I am glad."]).probabilities for each in (PREDICTOR, like)]
    assert np.abs(glad[0] - glad[1]).max() > 1e-3

    tracemalloc.start()
    kept = Predictor.load(folder, like=PREDICTOR)
    allocated = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept.sha256 == fresh.sha256
    assert allocated < 500_000, "fifty thousand words alone need some megabytes"


def test_several_threads_may_share_a_predictor() -> None:
    """Concurrent calls give the same predictions."""
    expected = [PREDICTOR.predict([text]).probabilities for text in TEXTS[:40]]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: PREDICTOR.predict([text]).probabilities, TEXTS[:40]))
    assert all((one == other).all() for one, other in zip(found, expected, strict=True))


def test_a_predictor_knows_its_identity() -> None:
    """The identity makes every prediction traceable."""
    PREDICTOR.warm()
    assert PREDICTOR.sha256 == load_manifest(SHIPPED).sha256
    with pytest.raises(FrozenInstanceError):
        PREDICTOR.predict(["x"]).confident = np.array([True])  # type: ignore[misc]


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    """A wrong path gives a clear error, not one of ONNX Runtime."""
    with pytest.raises(ModelError, match="emojify train"):
        Predictor.load(tmp_path)


def test_serving_imports_no_training_library() -> None:
    """A prediction worker needs little memory."""
    code = (
        "import sys; from emojify_core.ml.model.artifact import SHIPPED; "
        "from emojify_core.ml.inference.predictor import Predictor; "
        "Predictor.load(SHIPPED, threads=2).predict(['I am glad.'] * 200); "
        "print(sorted({'tensorflow', 'keras', 'onnx', 'sklearn', 'matplotlib', 'scipy', "
        "'pyarrow', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
