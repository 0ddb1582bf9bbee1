"""What holds for the files of the repository."""

import re
from pathlib import Path

import pytest

from support.interpreters import PACKAGES
from support.processes import REPOSITORY

LONGEST_MODULE = 200  # lines; one idea each
LONGEST_SCRIPT = 100

REQUIREMENTS = sorted((REPOSITORY / "requirements").glob("*.txt"))
SOURCES = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))
SCRIPTS = sorted((REPOSITORY / "web" / "static").glob("*.js"))


def lines_of(path: Path) -> list[str]:
    """Return a file's lines."""
    return path.read_text(encoding="utf-8").splitlines()


def test_every_python_file_can_be_read_in_one_go() -> None:
    """A newcomer finds one idea in each file."""
    too_long = {
        str(path.relative_to(REPOSITORY)): len(lines_of(path))
        for path in SOURCES
        if len(lines_of(path)) > LONGEST_MODULE
    }
    assert SOURCES
    assert too_long == {}


def test_every_script_of_the_page_is_a_small_module() -> None:
    """The page needs no build step, and its scripts can be read as they are served."""
    assert SCRIPTS
    for path in SCRIPTS:
        assert len(lines_of(path)) <= LONGEST_SCRIPT, path.name
        assert not re.search(
            r"innerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text()
        )


def test_templates_hold_no_inline_script_or_style_and_load_from_nowhere_else() -> None:
    """The strict policy can stay strict."""
    templates = sorted((REPOSITORY / "web" / "templates").glob("*.html"))
    assert templates
    for path in templates:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|\|\s*safe", text), path.name
        assert not re.search(r"(src|href|action)=[\"'](https?:)?//", text), path.name
        for script in re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL):
            assert script == "", path.name


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed_and_names_no_host(path: Path) -> None:
    """An installation gets what was tested, from whichever index the machine uses."""
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    requirements = [
        entry
        for entry in re.split(r"\n(?! )", text.replace("\\\n", ""))
        if entry.strip() and not entry.startswith("#")
    ]
    assert len(requirements) > 5
    for entry in requirements:
        assert re.match(r"[a-zA-Z0-9_.\[\]-]+==[^\s;]+", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_there_is_a_list_of_requirements_for_each_kind_of_machine() -> None:
    """Each process can be installed with what it needs and no more."""
    names = {"dev", "run", "web", "predict", "train", "flower", "s3", "aws"}
    assert {path.stem for path in REQUIREMENTS} == names
    for name in ("web", "predict", "flower"):
        assert "tensorflow" not in (REPOSITORY / "requirements" / f"{name}.txt").read_text()
    assert "onnxruntime" not in (REPOSITORY / "requirements" / "web.txt").read_text()
