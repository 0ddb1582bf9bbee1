"""Tables as many programs write them: encodings, delimiters, quoting, headers, preambles."""

import csv
import io
import random
from collections.abc import Iterator
from typing import NamedTuple

_TEXTS = (
    "I passed my driving test and danced around the kitchen.",
    "Our old dog died, and the house is so quiet now.",
    'They said "never again" and I am furious.',
    "Das Café war geschlossen; ich war müde",
    "so happy today",
    "Nobody came.\nI waited for hours.",
    "I heard steps behind me in the dark street",
    "it crashed again",
    "J'étais très fière de toi",
    "Why did nobody tell me? I felt so ashamed!",
    "He ate 3 of my 5 cakes, disgusting",
    "ok",
    "best day ever!!!",
    "My friends moved away and I cried",
)
_DELIMITERS = {",": "csv", ";": "csv", "\t": "tsv", "|": "csv", "^": "csv", "\x01": "csv"}
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le")
_QUOTING = (csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)
_PREAMBLES = (
    (),
    (),
    (),
    ("Customer feedback report",),
    ("Report of the survey", "Made on 2026-01-31", ""),
    ("# written by a tool", "# version 2"),
)
# The columns beside the texts: a name, and what stands in row n.
_OTHERS = (
    ("id", lambda n: str(n + 1)),
    ("created_at", lambda n: f"2026-03-{n % 28 + 1:02} 10:00:00"),
    ("rating", lambda n: str(n % 5 + 1)),
    ("author", lambda n: ("Anna Bach", "Li Wei", "Joy Smith")[n % 3] if n % 7 else "Ole Lund"),
    ("url", lambda n: f"https://example.com/posts/{n}/some-words-of-a-title"),
    ("country", lambda n: ("Germany", "France", "Spain")[n % 3]),
    ("verified", lambda n: ("True", "False")[n % 2]),
    ("reply", lambda _: "Hello, thank you very much for writing, we are happy to hear from you"),
)
_NAMES = ("text", "Review Text", "comment", "What happened?", "antwort", "q7_open", "selftext")
SIZE = 240  # tables


class Table(NamedTuple):
    """A generated file, and what is right."""

    what: str
    name: str
    content: bytes
    texts: list[str]


def tables() -> Iterator[Table]:
    """Yield the same tables each time."""
    for number in range(SIZE):
        yield _table(random.Random(number))  # noqa: S311


def _table(generator: random.Random) -> Table:
    delimiter, encoding = generator.choice(list(_DELIMITERS)), generator.choice(_ENCODINGS)
    quoting = generator.choice(
        (csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)
    )
    end, header = generator.choice(("\n", "\r\n")), generator.random() < 0.8
    preamble = generator.choice(_PREAMBLES) if header else ()
    others = generator.sample(_OTHERS, generator.randint(0 if header else 1, 5))
    place, rows = generator.randint(0, len(others)), generator.randint(6, 60)
    if not header and not any(name in {"id", "rating", "created_at"} for name, _ in others):
        others[0] = _OTHERS[0]
    if not others:
        preamble = ()
    texts = [generator.choice(_TEXTS) for _ in range(rows)]
    if encoding == "cp1252" and all(map(str.isascii, texts)):
        encoding = "utf-8"
    out = io.StringIO(newline="")
    for line in preamble:
        out.write(line + end)
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    if header:
        writer.writerow(_inserted([name for name, _ in others], place, generator.choice(_NAMES)))
    for number, text in enumerate(texts):
        writer.writerow(_inserted([make(number) for _, make in others], place, text))
    names = [name for name, _ in others]
    what = f"{delimiter!r} {encoding} {quoting=} {end!r} {header=} {preamble} {names}"
    return Table(what, f"a.{_DELIMITERS[delimiter]}", out.getvalue().encode(encoding), texts)


def _inserted(cells: list[str], place: int, cell: str) -> list[str]:
    return [*cells[:place], cell, *cells[place:]]
