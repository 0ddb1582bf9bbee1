"""Labelled sets by name."""

from pathlib import Path

import pytest

from emojify_core.commands.evaluate import SETS as OFFERED
from emojify_core.errors import DataError
from emojify_core.labels import LABELS
from emojify_core.ml.evaluation.labelled_sets import SETS, load_set


def test_the_command_offers_every_set() -> None:
    """Its help loads no numpy, so it has a list of its own."""
    assert tuple(SETS) == OFFERED


def test_splits_of_psychexp_share_no_text(psychexp_path: Path, tmp_path: Path) -> None:
    """Choose by validation, judge by test."""
    validation, test = (
        load_set(f"psychexp-{part}", psychexp_path, tmp_path) for part in ("validation", "test")
    )
    assert (len(validation.labels), len(test.labels)) == (600, 1_496)
    assert not set(validation.texts) & set(test.texts)
    assert validation.name != test.name


def test_goemotions_has_comments_of_a_single_label(tmp_path: Path) -> None:
    """Several labels are no right answer; neutral alone is no emotion."""
    folder = tmp_path / "data" / "goemotions"
    folder.mkdir(parents=True)
    rows = ("oh no, me\t12", "thanks\t15", "It is Monday.\t27", "yay\t17,18", "hm\t7", "ok\t4,27")
    (folder / "dev.tsv").write_text("".join(f"{row}\tid\n" for row in rows))
    strict = load_set("goemotions-dev", None, tmp_path)
    assert (strict.texts, strict.neutral) == (("oh no, me",), ("It is Monday.",))
    assert [LABELS[label] for label in strict.labels] == ["shame"]
    assert load_set("goemotions-dev-near", None, tmp_path).texts == ("oh no, me", "thanks")
    with pytest.raises(DataError, match="fetch-texts"):
        load_set("goemotions-test", None, tmp_path)


def test_without_psychexp_the_error_names_the_next_step(tmp_path: Path) -> None:
    """Nobody mistakes another set for it."""
    with pytest.raises(DataError, match="emojify data fetch"):
        load_set("psychexp-validation", None, tmp_path)
