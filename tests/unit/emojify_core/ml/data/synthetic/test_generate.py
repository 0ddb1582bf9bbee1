"""The texts made for training: the same on every machine, sound, and of every kind."""

import hashlib
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from emojify_core.ml.data.synthetic import generate as module
from emojify_core.ml.data.synthetic.generate import SHARES, generate
from emojify_core.ml.data.synthetic.targets import Example, Sources, one_hot
from emojify_core.ml.text.reading.groups import group_words
from emojify_core.ml.text.reading.symbols import symbols
from support.sentences_that_judge import kept_for_judging, normalised
from support.symbol_kinds import KINDS

ROWS = Sources(
    [Example("I was sad when he left.", one_hot("sadness"), 1.0)],
    ["The vote is on Sunday."],
    KINDS,
    ("tibetan", "young"),
)
RARE = ("zorvian", "mellic")


def checksum() -> str:
    """Return a checksum of the first thousand texts and what they teach."""
    digest = hashlib.sha256()
    for made in generate(ROWS, RARE, 1_000, seed=7):
        digest.update(repr((made.text, made.target.round(4).tolist(), made.emotional)).encode())
    return digest.hexdigest()


@pytest.fixture(scope="module")
def made() -> list[Example]:
    """Return some thousand texts."""
    return list(generate(ROWS, RARE, 5_000))


def test_a_seed_gives_the_same_texts_in_every_process() -> None:
    """Python hashes strings differently in each process; nothing may depend on it."""
    sums = {
        subprocess.run(
            [sys.executable, __file__],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert sums == {checksum() + "\n"}
    first, second = (next(generate(ROWS, RARE, 1, seed=seed)) for seed in (0, 1))
    assert first.text != second.text


def test_every_kind_occurs_in_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shares add up to 1."""
    assert sum(share for _, share in SHARES) == pytest.approx(1)
    named = [
        (lambda _s, _r, name=kind.__name__: Example(name, one_hot("joy"), 1.0), share)
        for kind, share in SHARES
    ]
    monkeypatch.setattr(module, "SHARES", named)
    counts = Counter(example.text for example in generate(ROWS, RARE, 10_000))
    for kind, share in SHARES:
        assert counts.pop(kind.__name__) / 10_000 == pytest.approx(share, abs=0.02)
    assert counts.total() == 0


def test_targets_are_probabilities(made: list[Example]) -> None:
    """Each adds up to 1."""
    targets = np.array([example.target for example in made])
    assert targets.dtype == np.float32
    assert targets.shape == (5_000, 7)
    assert (targets >= 0).all()
    assert targets.sum(axis=1) == pytest.approx(np.ones(5_000), abs=1e-5)
    assert all(0 <= example.emotional <= 1 and example.text.strip() for example in made)


def test_no_text_judges_models_elsewhere(made: list[Example]) -> None:
    """Neither the starter set's sentences nor the anchors are made by chance."""
    texts = {normalised(example.text) for example in made}
    assert texts & kept_for_judging() <= {""}  # marks alone


def test_the_symbols_and_groups_of_the_reading_are_the_default() -> None:
    """Training reads the texts in the same way."""
    rows = Sources(ROWS.emotional, ROWS.neutral)
    texts = " ".join(example.text for example in generate(rows, RARE, 5_000))
    forms = {form for kind in symbols() for form in kind.forms}
    assert len(forms & set(texts.split())) > len(forms) / 2
    assert sum(word in texts for word in group_words()) > len(group_words()) / 2
    assert "zorvian" in texts


if __name__ == "__main__":  # as another process
    print(checksum())
