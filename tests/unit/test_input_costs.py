"""Thousands of generated inputs: none costs much more than others of its length.

They are made of what parsers treat specially, repeated, because that is how costs explode.
"""

import gzip
import random
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

import pytest
from flask import Flask

from emojify_core.batches.reading.chunking import split
from emojify_core.batches.reading.encoding_detection import ENCODINGS
from emojify_core.batches.results.formulas import escape_formula
from emojify_core.errors import BatchFileError
from emojify_core.limits import MAX_CHARACTERS, MAX_REQUEST_CHARACTERS, SLICE
from emojify_core.ml.text.reading.broken_words import mend_words
from emojify_core.ml.text.reading.encodings import undo_encodings
from emojify_core.ml.text.reading.hashtags import split_hashtags
from emojify_core.ml.text.reading.markup import replace_links, strip_markup, strip_quotes
from emojify_core.ml.text.reading.reader import LATEST, Reader
from emojify_core.ml.text.reading.symbols import replace_emoticons
from emojify_core.ml.text.vocabulary import Vocabulary
from emojify_core.tokenizer import tokenize
from support.batch_files import ingested
from support.hypothesis_profiles import examples
from web.http.problems import Problem
from web.http.request_parsing import read_json
from web.predictions.schemas import PredictionRequest

INPUTS = examples(5_000)
SIZES = (2_000, 30_000)  # bytes
GZIPPED = 0.2  # of the files
PIECES = [
    *("a", "1", " ", ",", ";", "\t", "|", '"', "'", "\n", "\r", "\r\n", ".", "-", "+", "=", "\\"),
    *("a.", "'s", "x'", "1,", "1.", "a,", "happy ", "\\u0041", '\\"', "text", "id", "http://"),
    *("@", "a@b.", "😀", "😀\u200d", "é", "\u0301", "\ufdfa", "½", "試", "\x0b", "\x85", "\u2028"),
    *("[", "]", "{", "}", ":", "[],", "{},", '"a":1,', '"text":"a b",', "1e9,", "null,", "\x1b$B"),
]
STARTS = [
    "",
    "",
    '{"text":',
    '{"texts":[',
    '"',
    "text,id\n",
    "sep=;\n",
    "\ufeff",
    '{"text":"a b","x":[',
]
ENDS = ["", "", "}", "]}", '"', '"}', "\n", "x,\n1,2\n"]
NAMES = ["a.csv", "a.jsonl", "a.txt", "a"]
# What the steps of reading look for, and the beginnings of it
READ_PIECES = (
    *("&amp;", "&#", "%25", "%C3%A9", "\\", "\\x41"),
    *("<", "<a ", "<script>", "<!--", "[", "[b", "[a]("),
    *("#a", "#aB ", "# ", ":(", ":", ";"),
    *("(((", "(╯°", "T_T", "o_o", ">a\n", "\n", "--\n", "On a\n"),
    *("aabbccdd", "aabbccdd ", "haha", "lolol ", "Ã©", "â€™", "😀", "😀\u200d", "\U0001f3fb", "ﬃ"),
    *("*", "_a", "`", "old ", "old and "),
    *("ab- ", "ab-", "a.com/", "a.b.", "\u200b", "a\u200b", "1/1/11, 1:11 - a: ", "[1/1/11, "),
    *("non-", "i am so ", "www.", "https://a", "\ud83d", "a\u0301"),
)  # fmt: skip
READER = Reader(Vocabulary(["a", "b", "old", "am"]), LATEST)
STEPS = [undo_encodings, strip_quotes, strip_markup, replace_links, replace_emoticons]
STEPS += [partial(mend_words, known={"abab"})]
READING = 0.2  # seconds for all characters of a request, in one step
# On a machine that does other work, any input may cost this much.
FIXED = 0.03  # seconds
# The web may spend 0.25 s on a megabyte, and a worker 0.3 s on splitting a slice of a file.
WEB, WORKER = 0.25 / (1 << 20), 0.3 / SLICE  # seconds a byte
WIDE_ROW = 0.05  # seconds for a megabyte in one row
TRIES = 4

APP = Flask("test")


class Input(NamedTuple):
    """A generated input, and the function that reads it."""

    what: str
    size: int  # bytes
    read: Callable[[], object]
    allowed: float = WEB


@pytest.mark.hypothesis
def test_no_generated_input_costs_more_than_its_length_allows() -> None:
    """The test prints the costliest; a quadratic one would take seconds."""
    generator = random.Random(14)  # noqa: S311 - the same inputs each time
    worst = (0.0, "")
    for _ in range(INPUTS):
        sent = generated(generator)
        allowed = FIXED + sent.allowed * sent.size
        spent = seconds(sent.read)
        for _ in range(TRIES):  # another process may disturb one of them
            spent = min(spent, seconds(sent.read)) if spent > allowed else spent
        worst = max(worst, (spent / allowed, f"{spent:.3f} s for {sent.size:,} bytes: {sent.what}"))
        assert spent <= allowed, worst[1]
    print(f"the costliest of {INPUTS:,} inputs took {worst[1]}")


@pytest.mark.parametrize("unit", ["a&1,", "a,", ",", "1;", '"a"\t', ",;\t|"])
@pytest.mark.parametrize("name", ["a.csv", "a"])
def test_a_row_of_a_megabyte_costs_a_fifth_of_that(unit: str, name: str) -> None:
    """No more cells are examined than a table may have columns. The server needs time as well."""
    read = partial(ingested, unit * ((1 << 20) // len(unit)), name)
    spent = min(seconds(read) for _ in range(TRIES))
    assert spent < WIDE_ROW
    with pytest.raises(BatchFileError, match="more than 500 columns"):
        read()


@pytest.mark.parametrize("piece", READ_PIECES)
def test_each_step_of_reading_costs_little_whatever_it_meets(piece: str) -> None:
    """All characters of a request in one text, which is far more than one may have."""
    text = piece * (MAX_REQUEST_CHARACTERS // len(piece))
    for step in [*STEPS, partial(split_hashtags, rank=READER.vocabulary.rank)]:
        read = partial(step, text)
        assert any(seconds(read) < READING for _ in range(2)), step
    # The tokenizer alone takes half of it for rows of signs.
    assert any(seconds(partial(READER.tokens, text)) < 2 * READING for _ in range(2))


def seconds(read: Callable[[], object]) -> float:
    """Return the processor time to read an input, which may be refused."""
    start = time.thread_time()
    with suppress(BatchFileError, Problem):
        read()
    return time.thread_time() - start


def generated(generator: random.Random) -> Input:
    """Return an input: a piece repeated, between a start and an end."""
    unit = "".join(generator.choices(PIECES, k=generator.randint(1, 4)))
    start, end = generator.choice(STARTS), generator.choice(ENDS)
    text = start + unit * (generator.randint(*SIZES) // len(unit.encode()) + 1) + end
    content = text.encode()
    kind = generator.choice(["json", "file", "file", "rows", "text", "cell"])
    what = f"{kind} {start!r} {unit!r} {end!r}"
    if kind == "json":
        return Input(what, len(content), partial(read_body, content))
    if kind == "text":
        short = text[:MAX_CHARACTERS]
        return Input(what, len(short.encode()), partial(tokenize, short))
    if kind == "cell":
        return Input(what, len(content), partial(escape_formula, text))
    name, encoding = generator.choice(NAMES), generator.choice([None, None, *sorted(ENCODINGS)])
    what += f" {name} {encoding}"
    if kind == "rows":
        with suppress(BatchFileError):
            layout, stored = ingested(content, name, encoding=encoding)
            rest = stored[layout.start : layout.start + SLICE]
            cut = partial(split, rest, layout, layout.columns, whole=True)
            return Input(what, len(stored), cut, allowed=WORKER)
    sent = gzip.compress(content) if generator.random() < GZIPPED else content
    return Input(what, len(content), partial(ingested, sent, name, encoding=encoding))


def read_body(content: bytes) -> None:
    """Read a request as the API does."""
    with APP.test_request_context(data=content, content_type="application/json"):
        read_json(PredictionRequest)
