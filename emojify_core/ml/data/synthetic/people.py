"""Parts of sentences about feelings: subjects with verbs, words for feelings, and their causes."""

import random
from dataclasses import dataclass
from typing import Final

from emojify_core.ml.data.synthetic.sentences import draw, grouped, lines

_VERBS: Final = {
    "am": (("was", "wasn't"), ("was", "wasn't"), ("was", "wasnt"), ("am", "am not")),
    "is": (("was", "wasn't"), ("was", "wasn't"), ("is", "isn't"), ("is", "isnt")),
    "are": (("were", "weren't"), ("were", "weren't"), ("are", "aren't"), ("are", "arent")),
}
_SELF: Final = 0.5
_WITHOUT_CONTEXT: Final = 0.5


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of a sentence, with its forms of "to be"."""

    who: str
    was: str
    wasnt: str


def somebody(source: random.Random, *, other: bool | None = None) -> Subject:
    """Return the writer or somebody else, or somebody else for certain."""
    if other is None:
        other = source.random() >= _SELF
    people = grouped("people.tsv")
    chosen = [
        (who, verb)
        for key in people
        for who, verb in [key.split("\t")]
        if (people[key][0] == "other") == other
    ]
    who, verb = draw(source, chosen)
    was, wasnt = draw(source, _VERBS[verb])
    return Subject(who, was, wasnt)


def feeling(source: random.Random, emotion: str, kind: str) -> str:
    """Return a word or phrase of an emotion. Kinds: adjective, noun, past, base, predicate."""
    if kind == "predicate":
        return draw(source, grouped("predicates.tsv")[emotion])
    words = grouped("feelings.tsv")[f"{emotion}\t{kind}"][0]
    return draw(source, words.split("|"))


def context(source: random.Random) -> str:
    """Return what a feeling is about, or nothing."""
    if source.random() < _WITHOUT_CONTEXT:
        return ""
    return f" {draw(source, lines('contexts.txt'))}"
