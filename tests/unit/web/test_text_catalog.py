"""All texts of the page are in one file, and all of that file is on the page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from support.processes import REPOSITORY
from web.text_catalog import load_catalog, prose

SAY = load_catalog()
WEB = REPOSITORY / "web"
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
SCRIPTS = sorted((WEB / "static").glob("*.js"))
# What templates put together from a state or another value: `say("correct.states." ~ state)`.
COMPUTED = ("site.", "correct.states.", "correct.steps.", "batch.states.", "batch.words.")
COMPUTED += ("status.", "units.", "correct.")
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)
# An example for a terminal, and names of classes.
NO_TEXT = re.compile(r"<pre.*?</pre>|\{% block kind %\}.*?\{% endblock %\}", re.DOTALL)


def names(table: dict[str, Any], under: str = "") -> Iterator[str]:
    """Return every name of the catalogue."""
    for key, value in table.items():
        if isinstance(value, dict) and "one" not in value:
            yield from names(value, f"{under}{key}.")
        else:
            yield under + key


def used() -> set[str]:
    """Return every name that is written out in a template or module."""
    files = [*TEMPLATES, *WEB.rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    found = set(re.findall(r"\"([a-z_]+(?:\.[a-z_]+)+)\"", text))
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    said = re.findall(r"say\(\s*([^()]*?)[,)]", scripts)
    return found | {f"scripts.{name}" for each in said for name in re.findall(r'"(\w+)"', each)}


def test_every_text_is_used() -> None:
    """Who changes a text sees the change."""
    unused = set(names(dict(SAY.texts))) - used()
    assert {name for name in unused if not name.startswith(COMPUTED)} == set()


def test_every_text_that_scripts_say_is_there() -> None:
    """Nobody reads "undefined"."""
    wanted = {name for name in used() if name.startswith("scripts.")}
    assert len(wanted) > 15
    assert {name.removeprefix("scripts.") for name in wanted} <= SAY.get("scripts").keys()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_words_of_their_own(path: str) -> None:
    """Whoever rewords or translates the page opens one file."""
    text = NO_TEXT.sub("", REPOSITORY.joinpath(path).read_text("utf-8"))
    assert re.findall(r"[^\W\d_]{2,}", CODE.sub(" ", text)) == []
    attributes = r'(?:aria-label|title|placeholder|alt)="([^"{]+)"'
    assert re.findall(attributes, text) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_hold_no_sentences_of_their_own(path: str) -> None:
    """What they say comes from the same file."""
    code = re.sub(r"//.*|/\*.*?\*/", "", REPOSITORY.joinpath(path).read_text("utf-8"))
    strings = re.findall(r'"([^"]*)"|`([^`]*)`', code)
    assert [s for pair in strings for s in pair if re.search(r"[A-Z]\w+ \w+ \w+", s)] == []


def test_texts_say_their_values() -> None:
    """One and several, shares, and names in backticks."""
    assert SAY.count("units.day", 1) == "1 day"
    assert SAY.count("units.day", 1234) == "1,234 days"
    assert SAY.percent(0.126) == "13 %"
    assert prose("Say `<b>` & see") == "Say <code>&lt;b&gt;</code> &amp; see"
    with pytest.raises(KeyError):
        SAY("try.nothing_of_that_name")


def test_scripts_say_the_same_as_the_server() -> None:
    """The page reads alike with and without JavaScript."""
    scripts = SAY.get("scripts")
    alike = ("sure", "words", "word", "between", "no_word", "no_why", "made")
    assert {name: scripts[name] for name in alike} == {name: SAY.get("try")[name] for name in alike}
    assert scripts["percent"] == SAY.get("percent.value")
