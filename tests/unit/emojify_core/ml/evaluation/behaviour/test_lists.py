"""The lists of the behaviour suite, and what happens when one is damaged."""

from collections import Counter

import pytest

from emojify_core.errors import DataError
from emojify_core.labels import LABELS
from emojify_core.ml.evaluation.behaviour.lists import (
    SHOWN,
    Template,
    load_lists,
    parse_cases,
    parse_templates,
)


def test_the_lists_are_long_enough_and_repeat_nothing() -> None:
    """Each kind has the sentences that its interval was planned for."""
    lists = load_lists()
    least = {
        "negations": 60,
        "plain": 60,
        "chat": 60,
        "others": 40,
        "buried": 40,
        "irony": 30,
        "belongs": 60,
    }
    assert {
        kind: len(cases) >= least[kind] for kind, cases in lists.cases.items()
    } == dict.fromkeys(least, True)
    assert len(lists.templates) >= 60
    assert len(lists.groups) >= 40
    texts = Counter(case.text for cases in lists.cases.values() for case in cases)
    texts.update(one.text for one in lists.templates)
    texts.update(lists.groups)
    assert {text for text, count in texts.items() if count > 1} == set()


def test_a_kind_says_which_answers_pass() -> None:
    """The second column names what is accepted, or what is denied; plain texts are silent."""
    (accepted,) = parse_cases("chat", ["text\taccepted", "oops\tguilt|shame"])
    assert accepted.accepted == {"guilt", "shame"}
    (denied,) = parse_cases("negations", ["text\tdenied", "I was not afraid.\tfear"])
    assert denied.accepted == set(SHOWN) - {"fear"}
    (plain,) = parse_cases("plain", ["text", "The bus is blue."])
    assert plain.accepted == {"none"}
    assert set(SHOWN) == {*LABELS, "none"}


def test_a_template_names_any_group() -> None:
    """A group at the start of a sentence gets a capital letter."""
    (template,) = parse_templates(["template\tkind", "{group} people like tea.\tplain"])
    assert template.about("tall") == "Tall people like tea."
    assert Template("The {group} man left.", "plain").about("tall") == "The tall man left."


@pytest.mark.parametrize(
    ("kind", "lines", "line"),
    [
        ("chat", [], 1),
        ("chat", ["text\tdenied", "oops\tguilt"], 1),
        ("chat", ["text\taccepted", "oops"], 2),
        ("chat", ["text\taccepted", "oops\tguilt\tshame"], 2),
        ("chat", ["text\taccepted", "oops\tlove"], 2),
        ("chat", ["text\taccepted", "oops\tguilt", "\tguilt"], 3),
        ("negations", ["text\tdenied", "I am not.\tnone"], 2),
        ("plain", ["text", "The bus is blue.\tnone"], 2),
    ],
)
def test_a_damaged_list_is_an_error(kind: str, lines: list[str], line: int) -> None:
    """A lost line must not raise a pass rate."""
    with pytest.raises(DataError, match=f"Line {line} of the behaviour list {kind}"):
        parse_cases(kind, lines)


@pytest.mark.parametrize("line", ["The man left.\tplain", "The {group} man left.\tnone"])
def test_a_damaged_template_is_an_error(line: str) -> None:
    """A template without a group compares nothing."""
    with pytest.raises(DataError, match="Line 2"):
        parse_templates(["template\tkind", line])
