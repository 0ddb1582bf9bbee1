"""Every text of the page is in `texts.toml`, and every text there is used."""

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
# Names that templates compute from a value: `say("correct.states." ~ state)`.
COMPUTED = ("site.", "correct.states.", "correct.steps.", "batch.states.", "batch.words.")
COMPUTED += (
    "batch.choices.",
    "batch.options.",
    "batch.downloads.",
    "batch.about.",
    "status.",
    "units.",
    "correct.",
)
COMPUTED += ("review.accepted", "review.rejected", "review.chosen")
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)
# Examples for a terminal, and names of CSS classes.
NOT_TEXT = re.compile(r"<pre.*?</pre>|\{% block kind %\}.*?\{% endblock %\}", re.DOTALL)


def names(table: dict[str, Any], under: str = "") -> Iterator[str]:
    """Return every name in the catalog."""
    for key, value in table.items():
        if isinstance(value, dict) and "one" not in value:
            yield from names(value, f"{under}{key}.")
        else:
            yield under + key


def used() -> set[str]:
    """Return every name that a template, a module or a script uses."""
    files = [*TEMPLATES, *WEB.rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    found = set(re.findall(r"\"([a-z_]+(?:\.[a-z_]+)+)\"", text))
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    calls = re.findall(r"say\(\s*([^()]*?)[,)]", scripts)
    return found | {f"scripts.{name}" for each in calls for name in re.findall(r'"(\w+)"', each)}


def test_every_text_is_used() -> None:
    """A changed text changes the page."""
    unused = set(names(dict(SAY.texts))) - used()
    assert {name for name in unused if not name.startswith(COMPUTED)} == set()


def test_every_text_that_scripts_use_exists() -> None:
    """No visitor reads "undefined"."""
    needed = {name for name in used() if name.startswith("scripts.")}
    assert len(needed) > 15
    assert {name.removeprefix("scripts.") for name in needed} <= SAY.get("scripts").keys()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_contain_no_words(path: str) -> None:
    """One file is enough to reword or translate the page."""
    text = NOT_TEXT.sub("", REPOSITORY.joinpath(path).read_text("utf-8"))
    assert re.findall(r"[^\W\d_]{2,}", CODE.sub(" ", text)) == []
    attributes = r'(?:aria-label|title|placeholder|alt)="([^"{]+)"'
    assert re.findall(attributes, text) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_contain_no_sentences(path: str) -> None:
    """Their texts come from the same file."""
    code = re.sub(r"//.*|/\*.*?\*/", "", REPOSITORY.joinpath(path).read_text("utf-8"))
    strings = re.findall(r'"([^"]*)"|`([^`]*)`', code)
    assert [s for pair in strings for s in pair if re.search(r"[A-Z]\w+ \w+ \w+", s)] == []


def test_texts_are_filled_with_their_values() -> None:
    """Singular and plural, percentages, and code in backticks work."""
    assert SAY.count("units.day", 1) == "1 day"
    assert SAY.count("units.day", 1234) == "1,234 days"
    assert SAY.percent(0.126) == "13%"
    assert [SAY.percent(share) for share in (0, 0.004, 0.996, 1)] == ["0%", "<1%", ">99%", "100%"]
    assert SAY.percent(0.9951, in_words=True) == "over 99%"
    assert SAY.percent(0.0049, in_words=True) == "under 1%"
    assert prose("Say `<b>` & see") == "Say <code>&lt;b&gt;</code> &amp; see"
    with pytest.raises(KeyError):
        SAY("try.nothing_of_that_name")


def test_scripts_and_server_use_the_same_texts() -> None:
    """The page reads the same with and without JavaScript."""
    scripts = SAY.get("scripts")
    shared = ("sure", "words", "word", "between", "no_word", "no_why", "made", "words_if_any")
    assert {name: scripts[name] for name in shared} == {
        name: SAY.get("try")[name] for name in shared
    }
    assert scripts["percent"] == SAY.get("percent.value")
    for name in ("above", "below", "above_words", "below_words"):
        assert scripts[f"percent_{name}"] == SAY.get(f"percent.{name}")
