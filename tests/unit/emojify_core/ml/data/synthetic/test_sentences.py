"""The files of sentences: complete, well formed, and nothing that judges a model is in them."""

import random
from importlib.resources import files

import pytest

from emojify_core.errors import DataError
from emojify_core.labels import LABELS
from emojify_core.ml.data.synthetic.sentences import between, draw, fill, grouped, lines
from support.sentences_that_judge import kept_for_judging, normalised

SENTENCES = files("emojify_core.ml.data.synthetic").joinpath("sentences")
NAMES = sorted(path.name for path in SENTENCES.iterdir())
COLUMNS = {"feelings": 3, "openers": 3, "people": 3, "situations": 3}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_a_table_without_repeated_lines(name: str) -> None:
    """A line is a sentence, or columns between tabs."""
    stem, _, kind = name.partition(".")
    columns = COLUMNS.get(stem, 2) if kind == "tsv" else 1
    assert lines(name)
    assert {len(line.split("\t")) for line in lines(name)} == {columns}
    assert len(set(lines(name))) == len(lines(name))
    assert all(line == line.strip() for line in lines(name))


@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_stands_in_the_starter_set_or_among_the_anchors(name: str) -> None:
    """Those judge models, so no model may have learned them."""
    texts = {normalised(line.rpartition("\t")[2]) for line in lines(name)}
    assert texts & kept_for_judging() <= {""}  # marks alone


def test_there_are_many_plain_sentences_and_languages() -> None:
    """A model that sees few of them learns them by heart."""
    assert len(lines("plain.txt")) >= 1_200
    assert len(lines("foreign.txt")) >= 150


def test_each_emotion_has_words_of_each_kind() -> None:
    """Every template finds a word."""
    kinds = {
        (emotion, kind) for emotion in LABELS for kind in ("adjective", "noun", "past", "base")
    }
    assert {tuple(key.split("\t")) for key in grouped("feelings.tsv")} == kinds
    for name in ("reasons.tsv", "predicates.tsv", "double_negations.tsv", "group_feelings.tsv"):
        assert set(grouped(name)) == set(LABELS)


def test_places_in_braces_are_filled() -> None:
    """Unknown ones stay, for those who fill them later."""
    source = random.Random(0)  # noqa: S311
    for line in lines("plain.txt"):
        assert "{" not in fill(line, source)
    assert fill("a {group} man, {", source).startswith("a {group} man, {")


def test_drawing_stays_within_bounds() -> None:
    """The ends occur, and nothing beyond them."""
    source = random.Random(0)  # noqa: S311
    assert {between(source, 1, 3) for _ in range(100)} == {1, 2, 3}
    assert {draw(source, "ab") for _ in range(100)} == {"a", "b"}


def test_a_missing_file_is_an_error_with_a_next_step() -> None:
    """Images for answering leave the sentences out."""
    with pytest.raises(DataError, match=r"absent.txt, cannot be read.*Install emojify again"):
        lines("absent.txt")
