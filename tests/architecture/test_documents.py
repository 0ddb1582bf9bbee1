"""The documents name only what exists: files, modules, links, make targets, decisions."""

import re
from pathlib import Path

import pytest

from support.processes import REPOSITORY

DOCS = REPOSITORY / "docs"
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "research/*.md")
    for path in REPOSITORY.glob(pattern)
)
DECISIONS = sorted((DOCS / "decisions").glob("0*.md"))

SOURCES = ("deploy", "docs", "emojify_core", "requirements", "research", "tests", "web", "worker")
TOP_LEVEL = [path.name for path in REPOSITORY.iterdir() if path.is_file()]
FILE_NAMES = {path.name for folder in SOURCES for path in (REPOSITORY / folder).rglob("*")}

# A path from the top of the repository, wherever it stands; `web/` alone is no path.
PATH = re.compile(rf"(?<![\w./-])(?:{'|'.join(SOURCES)})/[\w./-]*\w")
CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"[\w.-]+\.(?:py|md|toml|js|css|html|tsv)")
MODULE = re.compile(r"(?:emojify_core|web|worker|deploy)(?:\.\w+)+")
LINK = re.compile(r"\]\(([^)\s]+)\)")
# In backticks, or a line of a block: followed by a variable, a comment or nothing.
TARGET = re.compile(
    r"`make ([a-z-]*[a-z])|^ *make ([a-z-]*[a-z])(?= *(?:[A-Z]+=|#|$))", re.MULTILINE
)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)

each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY))
)


def anchors(document: Path) -> set[str]:
    """Return the anchors that a hosting site makes of a document's headings."""
    titles = HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def module_exists(name: str) -> bool:
    """Tell whether a dotted name is a package or a module of this repository."""
    path = REPOSITORY / name.replace(".", "/")
    return path.is_dir() or path.with_name(f"{path.name}.py").is_file()


@each_document
def test_every_path_in_a_document_exists(document: Path) -> None:
    """A reader finds each file where the document says."""
    paths = PATH.findall(document.read_text(encoding="utf-8"))
    assert [path for path in paths if not (REPOSITORY / path).exists()] == []


@each_document
def test_every_file_and_module_in_backticks_exists(document: Path) -> None:
    """A file named without its folder, or a dotted module, exists under that name."""
    words = [code.partition(" ")[0] for code in CODE.findall(document.read_text(encoding="utf-8"))]
    known = FILE_NAMES.union(TOP_LEVEL)
    modules = [word for word in words if MODULE.fullmatch(word) and not FILE.fullmatch(word)]
    assert [word for word in words if FILE.fullmatch(word) and word not in known] == []
    assert [name for name in modules if not module_exists(name)] == []


@each_document
def test_every_relative_link_resolves(document: Path) -> None:
    """A link leads to a file, and its anchor to a heading there."""
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        place, _, anchor = link.partition("#")
        target = document.parent / place if place else document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@each_document
def test_every_make_target_in_a_document_exists(document: Path) -> None:
    """A reader can run each command."""
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    named = {one or other for one, other in TARGET.findall(document.read_text(encoding="utf-8"))}
    assert named - targets == set()


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_every_decision_has_a_status_and_a_row_in_the_index(decision: Path) -> None:
    """A reader sees at once whether a decision still holds."""
    text = decision.read_text(encoding="utf-8")
    title = text.partition("\n")[0].partition(". ")[2]
    assert re.search(r"^\*\*Status\.\*\* (Accepted|Superseded)\b", text, re.MULTILINE)
    assert f"[{title}]({decision.name})" in (DOCS / "decisions/README.md").read_text("utf-8")


def test_the_index_lists_every_document() -> None:
    """A reader of docs/README.md finds all the others."""
    index = DOCS / "README.md"
    linked = {(DOCS / link).resolve() for link in LINK.findall(index.read_text(encoding="utf-8"))}
    expected = {*DOCUMENTS, *(DOCS / "bench").glob("*.md")} - {index, *DECISIONS}
    assert {str(path) for path in expected - linked if path.name != "README.md"} == set()
