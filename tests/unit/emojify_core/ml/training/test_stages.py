"""Which texts take part in each stage of a training."""

from dataclasses import replace

import numpy as np
import pytest

from emojify_core.ml.data.training_data import Comments, TrainingData
from emojify_core.ml.model.config import TrainingConfig
from emojify_core.ml.text.encoding import TrainingExamples
from emojify_core.ml.training.stages import stages

EVEN = np.full((20, 7), 1 / 7, np.float32)


@pytest.fixture
def data(tiny_data: TrainingData) -> TrainingData:
    """Return small data with every source, where only made texts know how emotional they are."""
    ids = tiny_data.labelled.ids[:20]
    plain = TrainingExamples(ids, EVEN)
    return replace(
        tiny_data,
        augmented=plain,
        free=plain,
        goemotions=replace(plain, weights=np.full(20, 0.3, np.float32)),
        made=replace(plain, emotional=np.full(20, 0.8, np.float32)),
        comments=Comments(tiny_data.validation, ids),
    )


def test_the_first_stage_learns_stories(data: TrainingData, tiny_config: TrainingConfig) -> None:
    """A step has labelled rows first, then recombined texts and comments in the teacher's eyes."""
    first, _ = stages(tiny_config, data)
    ids, goals = next(first.batches(20, np.random.default_rng(0)))
    assert len(ids) == len(goals) == 16 + 56 + 40
    assert (goals[:16, :7].max(axis=1) == 1).all()
    assert (goals[16:, :7] == EVEN[0]).all()


def test_the_second_stage_learns_comments_and_the_gate(
    data: TrainingData, tiny_config: TrainingConfig
) -> None:
    """Weights and what is known of the emotion reach the loss with each text."""
    _, second = stages(tiny_config, data)
    _, goals = next(second.batches(20, np.random.default_rng(0)))
    comments, made = slice(16 + 48, 16 + 48 + 48), slice(16 + 48 + 48, None)
    assert goals.shape == (16 + 48 + 48 + 32, 10)
    assert (goals[comments, 7] == np.float32(0.3)).all()
    assert (goals[made, 8] == np.float32(0.8)).all()
    assert (goals[made, 9] == 1).all()
    assert (goals[:112, 9] == 0).all()


def test_data_without_comments_have_one_stage(
    tiny_data: TrainingData, tiny_config: TrainingConfig
) -> None:
    """Nothing could calibrate a gate, and empty sources have no place in a step."""
    (only,) = stages(tiny_config, tiny_data)
    ids, _ = next(only.batches(20, np.random.default_rng(0)))
    assert len(ids) == 16
