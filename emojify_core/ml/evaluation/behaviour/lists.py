"""The lists of sentences by kind, each with the answers that may be shown for it.

They were written before the first training by people who saw neither the model nor its word
lists. No sentence of them is trained on, and nothing is chosen by them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from emojify_core.errors import DataError
from emojify_core.labels import LABELS

NONE: Final = "none"  # shown as "No clear emotion"
SHOWN: Final = (*LABELS, NONE)  # every answer that people may see
PLAIN: Final = "plain"  # the kind without an emotion, also of templates
GROUP: Final = "{group}"  # where a template names a group of people


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence and the answers that pass."""

    text: str
    accepted: frozenset[str]  # of SHOWN


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence about a person of any group."""

    text: str  # holds GROUP
    kind: str  # a label, or PLAIN

    def about(self, group: str) -> str:
        """Return the sentence about one group, with a capital letter at its start."""
        text = self.text.replace(GROUP, group)
        return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class BehaviourLists:
    """All lists of the suite."""

    cases: Mapping[str, tuple[Case, ...]]  # by kind
    templates: tuple[Template, ...]
    groups: tuple[str, ...]


def _one_of(said: str) -> frozenset[str]:
    return frozenset(said.split("|"))


def _not_denied(said: str) -> frozenset[str]:
    return frozenset(SHOWN) - {said} if said in LABELS else frozenset()


# By kind: the header of its second column, and the answers that pass given its content.
_KINDS: Final[Mapping[str, tuple[str, Callable[[str], frozenset[str]]]]] = {
    "negations": ("denied", _not_denied),
    PLAIN: ("", lambda _: frozenset({NONE})),
    "chat": ("accepted", _one_of),
    "others": ("accepted", _one_of),
    "buried": ("accepted", _one_of),
    "irony": ("accepted", _one_of),
    "belongs": ("accepted", _one_of),
}


def load_lists() -> BehaviourLists:
    """Return the lists. Raises DataError when a file of them is missing or damaged."""
    return BehaviourLists(
        {kind: load_cases(kind) for kind in _KINDS},
        load_templates(),
        load_groups(),
    )


def load_cases(kind: str) -> tuple[Case, ...]:
    """Return the sentences of one kind. Raises DataError when their file is missing or damaged."""
    return parse_cases(kind, _lines(f"{kind}.tsv"))


def load_templates() -> tuple[Template, ...]:
    """Return the templates. Raises DataError when their file is missing or damaged."""
    return parse_templates(_lines("templates.tsv"))


def load_groups() -> tuple[str, ...]:
    """Return the words for groups. Raises DataError when their file cannot be read."""
    return tuple(line.strip() for line in _lines("groups.txt") if line.strip())


def parse_cases(kind: str, lines: Iterable[str]) -> tuple[Case, ...]:
    """Parse the lines of one kind, header first. Raises DataError, naming an invalid line."""
    column, passing = _KINDS[kind]
    rows = _rows(kind, ("text", column) if column else ("text",), lines)
    cases = []
    for number, text, said in rows:
        accepted = passing(said)
        if not text.strip() or not accepted or not accepted <= {*SHOWN}:
            raise _damaged(kind, number)
        cases.append(Case(text, accepted))
    return tuple(cases)


def parse_templates(lines: Iterable[str]) -> tuple[Template, ...]:
    """Parse the templates, header first. Raises DataError, naming an invalid line."""
    templates = []
    for number, text, kind in _rows("templates", ("template", "kind"), lines):
        if GROUP not in text or kind not in {*LABELS, PLAIN}:
            raise _damaged("templates", number)
        templates.append(Template(text, kind))
    return tuple(templates)


def _rows(
    name: str, header: tuple[str, ...], lines: Iterable[str]
) -> Iterable[tuple[int, str, str]]:
    """Return number, first and second column of each line below the header."""
    first, *rest = [*lines] or [""]
    if first != "\t".join(header):
        raise _damaged(name, 1)
    for number, line in enumerate(rest, start=2):
        text, tab, said = line.partition("\t")
        if bool(tab) != (len(header) > 1) or "\t" in said:
            raise _damaged(name, number)
        yield number, text, said


def _damaged(name: str, number: int) -> DataError:
    return DataError(
        f"Line {number} of the behaviour list {name} is not as its header says. "
        "Install emojify again."
    )


def _lines(name: str) -> list[str]:
    try:
        content = files(__package__).joinpath(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise DataError(
            f"The behaviour list {name} cannot be read ({e}). Install emojify again."
        ) from e
    return content.removesuffix("\n").split("\n")
