"""No regular expression of the source takes more than linear time.

The test finds each pattern in the source, so it holds for patterns that are added later. It makes
the input from the pattern's own characters: what a loop repeats, followed by what ends no match.
"""

import ast
import re
import time
from collections import deque
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from re import _constants as codes
from re import _parser as parser
from typing import Any, NamedTuple

import pytest

from emojify_core.ml.text.reading.symbols import emoticon_pattern
from support.processes import REPOSITORY

SOURCES = ("emojify_core", "web", "worker", "deploy")
METHODS = ("compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")
IMPORTS_RE = re.compile(r"\b(import|from)\b.*\bre\b")
ENDS = ("", "\0", "!", "aa", "\n")
SMALLEST, LARGEST = 128, 16_384  # characters
FEW = 24  # characters; exponential time shows, and still ends
# Even at the speed of a bare loop, quadratic time for the largest input is far beyond this.
LONG_ENOUGH = 0.003  # seconds, so that a ratio means something
TRIES = 3
MEMBERS = 3  # of a set that stand for all
UNITS = 60  # tried for one pattern
# Modules that build a pattern from a data file when they first need it.
BUILT = {"emojify_core/ml/text/reading/symbols.py": lambda: emoticon_pattern()[0]}


class Found(NamedTuple):
    """A pattern and where it stands."""

    place: str
    pattern: "re.Pattern[Any]"
    methods: frozenset[str]  # by which the source calls it; empty if it is called elsewhere


def found_patterns() -> Iterator[Found]:
    """Yield each pattern of the source."""
    for folder in SOURCES:
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            relative, source = path.relative_to(REPOSITORY), path.read_text(encoding="utf-8")
            if not IMPORTS_RE.search(source):
                continue  # each test process does this search
            tree = ast.parse(source)
            assert not any(
                isinstance(node, ast.ImportFrom) and node.module == "re" for node in ast.walk(tree)
            ), f"{relative}: write `import re`, so that this test finds its patterns"
            constants = {
                node.value: node.targets[0].id
                for node in tree.body
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            } | {
                node.value: node.target.id
                for node in tree.body
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
            }
            for node in filter(is_call_of_re, ast.walk(tree)):
                place = f"{relative}:{node.lineno}"
                if node in constants:
                    module = import_module(".".join(relative.with_suffix("").parts))
                    name = constants[node]
                    yield Found(place, getattr(module, name), methods_of(tree, name))
                elif str(relative) in BUILT:
                    yield Found(place, BUILT[str(relative)](), frozenset({"sub"}))
                else:
                    pattern = re.compile(ast.literal_eval(node.args[0]))
                    yield Found(place, pattern, frozenset({node.func.attr}))


def methods_of(tree: ast.AST, name: str) -> frozenset[str]:
    """Return the methods that a module calls on its constant `name`."""
    return frozenset(
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    )


def is_call_of_re(node: ast.AST) -> bool:
    """Tell whether a node calls a function of `re` that takes a pattern."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in METHODS
    )


def examples(tree: Any) -> list[str]:
    """Return short strings that a part of a pattern matches, one for each way through it."""
    texts = [""]
    for code, value in tree:
        texts = [text + more for text, more in product(texts, options(code, value))]
        texts = [*dict.fromkeys(texts)][:UNITS]
    return texts


def options(code: Any, value: Any) -> list[str]:
    """Return strings that one node of a parsed pattern matches."""
    found = [""]  # for an assertion, or a reference to a group
    if code is codes.LITERAL:
        found = [chr(value)]
    elif code is codes.IN:
        found = members(value)
    elif code in {codes.NOT_LITERAL, codes.ANY}:
        found = ["a"]
    elif code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
        least, _, body = value
        found = [text * max(least, 1) for text in examples(body)]
    elif code is codes.SUBPATTERN:
        found = examples(value[-1])
    elif code is codes.BRANCH:
        found = [text for branch in value[1] for text in examples(branch)]
    return found


def members(parts: Any) -> list[str]:
    """Return some characters of a set."""
    found = []
    for code, value in parts:
        if code is codes.LITERAL:
            found.append(chr(value))
        elif code is codes.RANGE:
            found += [chr(value[0]), chr(value[1])]
        elif code is codes.CATEGORY:
            found += {codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " "}.get(value, "a")
        elif code is codes.NEGATE:
            return ["a", "1", ":", " "]
    return found[:MEMBERS] + found[-1:]


def loops(tree: Any) -> Iterator[str]:
    """Yield what each loop of a pattern repeats."""
    for code, value in tree:
        if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            yield from examples(value[2])
            yield from loops(value[2])
        elif code is codes.SUBPATTERN:
            yield from loops(value[-1])
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from loops(branch)


def attacks(pattern: "re.Pattern[Any]") -> Iterator[tuple[str, str, str]]:
    """Yield beginnings, parts to repeat, and ends."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    whole = examples(tree)
    repeated = [*dict.fromkeys(text for text in loops(tree) if text)]
    signs = "".join(whole)
    pairs = (a + b for a, b in product(repeated, repeated))
    units = [*dict.fromkeys([*repeated, *signs, *whole, *pairs])]
    for unit, end in product(units[:UNITS], ENDS):
        yield "", unit, end
    for start, unit in product(whole[:MEMBERS], repeated[:MEMBERS]):
        yield start, unit, "\0"


def seconds(found: Found, text: Any, *, best_of: int = 1) -> float:
    """Return the processor time that the pattern takes as the source uses it."""
    whole = found.methods <= {"fullmatch"}
    beginning = found.methods <= {"match", "fullmatch"}
    times = []
    for _ in range(best_of):
        start = time.thread_time()
        if whole or not found.methods:
            found.pattern.fullmatch(text)
        elif beginning:
            found.pattern.match(text)
        if not beginning or not found.methods:
            deque(found.pattern.finditer(text), maxlen=0)
        times.append(time.thread_time() - start)
    return min(times)


def is_linear(found: Found, start: str, unit: str, end: str) -> bool:
    """Tell whether twice the input takes less than three times as long."""

    def text(size: int) -> Any:
        text = start + unit * (size // len(unit)) + end
        return text if isinstance(found.pattern.pattern, str) else text.encode("latin-1", "replace")

    if seconds(found, text(FEW)) > 10 * LONG_ENOUGH:
        return False
    size = SMALLEST
    while seconds(found, text(size)) < LONG_ENOUGH:
        size *= 2
        if size > LARGEST:
            return True
    for attempt in range(1, TRIES + 1):  # another process may disturb one of them
        shorter = seconds(found, text(size), best_of=attempt)
        if seconds(found, text(2 * size), best_of=attempt) < 3 * shorter:
            return True
    return False


PATTERNS = list(found_patterns())


@pytest.mark.parametrize("found", PATTERNS, ids=lambda found: found.place)
def test_no_pattern_takes_more_than_linear_time(found: Found) -> None:
    """What a stranger sends costs as much as it is long."""
    for attack in attacks(found.pattern):
        assert is_linear(found, *attack), f"{found.place} is slow for {attack!r}"


def test_the_source_has_patterns() -> None:
    """The search above finds them."""
    assert len(PATTERNS) > 20


@pytest.mark.parametrize(
    "slow",
    [
        r"\s*[+-]?[\d.,:/ %-]*\d[\d.,:/ %-]*\s*",  # cubic
        r"(?<!\w)(?:[a-z]\.){2,}(?!\w)",  # quadratic: it fails at each letter
        r"(\w+\s?)*$",  # exponential
        r"\s+$",
        r"\d+x",
        r"<.*?>",
    ],
)
def test_slow_patterns_are_found(slow: str) -> None:
    """A new pattern of such a kind fails the test above."""
    found = Found("here", re.compile(slow), frozenset())
    assert not all(is_linear(found, *attack) for attack in attacks(found.pattern))
