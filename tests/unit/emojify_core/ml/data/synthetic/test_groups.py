"""Sentences with words for groups of people: the words carry nothing."""

import random

from emojify_core.labels import LABELS
from emojify_core.ml.data.synthetic.groups import group
from emojify_core.ml.data.synthetic.sentences import lines
from emojify_core.ml.data.synthetic.targets import Sources


def test_a_group_is_silent_unless_the_sentence_feels() -> None:
    """Rare words stand for groups that no list names."""
    source = random.Random(3)  # noqa: S311
    made = [
        group(source, Sources([], [], (), ("tibetan", "young"), ("zorvian",))) for _ in range(600)
    ]
    silent = [example for example in made if not example.emotional]
    loud = [example for example in made if example.emotional]
    assert 0.6 < len(silent) / len(made) < 0.8
    assert {LABELS[int(example.target.argmax())] for example in loud} == set(LABELS)
    for each in (silent, loud):
        rare = sum("zorvian" in example.text.lower() for example in each)
        assert 0.3 < rare / len(each) < 0.6
    assert not any("{" in example.text for example in made)
    assert all(group(source, Sources([], [], (), ("tibetan",))).text for _ in range(50))


def test_templates_name_the_group_once_or_twice() -> None:
    """A template without a place would be a sentence of its own."""
    for name in ("group_templates.txt", "group_feelings.tsv"):
        assert {line.count("{group}") for line in lines(name)} <= {1, 2}
