"""Rules for the files of the repository: their size, place and content."""

import re
from collections import Counter
from pathlib import Path

import pytest

from support.interpreters import PACKAGES
from support.processes import REPOSITORY

LONGEST_MODULE, LONGEST_TEST_MODULE, LONGEST_SCRIPT = 200, 300, 100  # lines; one idea each
MOST_MODULES = 16  # in one folder

REQUIREMENTS = sorted((REPOSITORY / "requirements").glob("*.txt"))
SOURCES = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))
TESTS = sorted((REPOSITORY / "tests").rglob("*.py"))
SCRIPTS = sorted((REPOSITORY / "web" / "static").glob("*.js"))
MIRRORS = [REPOSITORY / "tests" / kind for kind in ("unit", "integration")]


def lines_of(path: Path) -> list[str]:
    """Return a file's lines."""
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("paths", "limit"),
    [(SOURCES, LONGEST_MODULE), (TESTS, LONGEST_TEST_MODULE)],
    ids=["sources", "tests"],
)
def test_a_module_is_short(paths: list[Path], limit: int) -> None:
    """A newcomer reads a file in one go."""
    assert paths
    lengths = {str(path.relative_to(REPOSITORY)): len(lines_of(path)) for path in paths}
    assert {path: lines for path, lines in lengths.items() if lines > limit} == {}


def test_a_source_folder_holds_few_modules() -> None:
    """A newcomer finds the right file by its name."""
    counts = Counter(
        str(path.parent.relative_to(REPOSITORY)) for path in SOURCES if path.stem != "__init__"
    )
    assert {folder: count for folder, count in counts.items() if count > MOST_MODULES} == {}


@pytest.mark.parametrize("mirror", MIRRORS, ids=lambda path: path.name)
def test_the_tests_have_the_shape_of_the_sources(mirror: Path) -> None:
    """The tests of `web/batches` are in `tests/unit/web/batches` and its like."""
    folders = [path.parent.relative_to(mirror) for path in mirror.rglob("test_*.py")]
    assert folders
    assert {folder for folder in folders if not (REPOSITORY / folder).is_dir()} == set()


def test_a_script_of_the_page_is_a_short_module() -> None:
    """The page needs no build step: browsers get the scripts as people read them."""
    assert SCRIPTS
    for path in SCRIPTS:
        assert len(lines_of(path)) <= LONGEST_SCRIPT, path.name
        assert not re.search(
            r"innerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text()
        )


def test_templates_hold_nothing_inline_and_nothing_from_other_hosts() -> None:
    """The content security policy can stay strict."""
    templates = sorted((REPOSITORY / "web" / "templates").glob("*.html"))
    assert templates
    for path in templates:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|\|\s*safe", text), path.name
        assert not re.search(r"(src|href|action)=[\"'](https?:)?//", text), path.name
        for script in re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL):
            assert script == "", path.name


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_a_requirement_is_pinned_and_hashed_and_names_no_host(path: Path) -> None:
    """An installation gets the tested packages, from whichever index the machine uses."""
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


def test_each_kind_of_machine_has_its_requirements() -> None:
    """A process is installed with the packages that it needs and no others."""
    names = {"dev", "run", "web", "predict", "train", "flower", "s3", "aws", "peers"}
    assert {path.stem for path in REQUIREMENTS} == names
    for name in ("web", "predict", "flower"):
        assert "tensorflow" not in (REPOSITORY / "requirements" / f"{name}.txt").read_text()
    assert "onnxruntime" not in (REPOSITORY / "requirements" / "web.txt").read_text()
