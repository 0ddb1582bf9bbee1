"""Strategies for files as strangers may send them: broken quotes, odd encodings, damaged gzip."""

import gzip
import json
from typing import NamedTuple

from hypothesis import strategies as st

from emojify_core.batches.reading.encoding_detection import ENCODINGS

PIECES = st.sampled_from(
    [
        *("a", "text", "id", "I was so happy", "1", "2024-01-01", "-", "=1+1", "+", "'"),
        *(",", ";", "\t", "|", " ", '"', '""', '"a,b"', '"a\nb"', ', "', "\\", "\\n"),
        *("\n", "\n\n", "\r\n", "\r", "\x0b", "\x1c", "\x1f", "\x85", "\u2028", "\0"),
        *("é", "e\u0301", "😀", "試", "\u202e", "\ufeff", "\ufdfa", "\udcff", "\ud83d"),
        *("[", "]", "{", "}", '{"text":', '"\\ud83d"', '"\\u0000":1', "NaN", "1e999", "null"),
        *('{"text": "a b c"}\n', '{"text": "a", "x": [1]}\n', "9" * 5_000, "[" * 990, "]" * 990),
    ]
)
STARTS = st.sampled_from(["", "text,id\n", "id;text\n", "sep=;\n", "sep=\n", "\ufeff", '{"text":"'])
NAMES = st.text(st.characters(exclude_categories=()), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


class SentFile(NamedTuple):
    """The bytes of a file and what the client says about it."""

    content: bytes
    size: int  # bytes before compression
    options: dict[str, object]
    block: int  # bytes that arrive at once


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Return a file in characters: pieces of the formats, valid tables and lines, or a long run."""
    kind = draw(st.sampled_from(["pieces", "pieces", "run", "table", "lines", "deep", "any"]))
    start = draw(STARTS)
    if kind == "pieces":
        return start + "".join(draw(st.lists(PIECES, max_size=60)))
    if kind == "run":
        unit = "".join(draw(st.lists(PIECES, min_size=1, max_size=4)))
        return start + unit * (draw(st.integers(1, 100_000)) // len(unit)) + draw(PIECES)
    if kind == "table":
        delimiter = draw(st.sampled_from(",;\t|"))
        rows = draw(st.lists(st.lists(PIECES, max_size=5), max_size=20))
        return start + "\n".join(map(delimiter.join, rows))
    if kind == "lines":
        return "\n".join(map(json.dumps, draw(st.lists(VALUES, max_size=10))))
    if kind == "deep":
        depth = draw(st.integers(90, 1_100))
        before, after = draw(st.sampled_from([("[", "]"), ('{"a":', "}"), ("[[{},", "]]")]))
        return f'{{"text": "a b c"}}\n{{"text": "a", "x": {before * depth}1{after * depth}}}\n'
    return draw(st.text())


@st.composite
def files(draw: st.DrawFn) -> SentFile:
    """Return a file in any encoding, whole or cut off, and at times compressed or damaged."""
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-16", "cp1252", *sorted(ENCODINGS)]))
    content = draw(st.binary() | texts().map(lambda text: encoded(text, encoding)))
    content = content[: draw(st.just(len(content)) | st.integers(0, len(content)))]
    options = draw(
        st.fixed_dictionaries(
            {"name": st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.txt", "a.csv.gz", "a", ""])},
            optional={
                "content_type": st.sampled_from(["text/csv; charset=x", "text/plain", ";"]),
                "format": st.sampled_from(["csv", "tsv", "jsonl", "text", "xls"]),
                "column": st.sampled_from(["text", "1", "2", "0", "²", "٣", "", "9" * 5_000])
                | NAMES,
                "encoding": st.sampled_from([encoding, "utf-8", "punycode", "a\0b", "ü", "utf_16"]),
                "delimiter": st.sampled_from([",", "tab", "\t", " ", "a", '"', "\0", "", "é"]),
                "header": st.booleans(),
            },
        )
    )
    sent = draw(st.sampled_from([content, *compressed(content)]))
    sent = sent[: draw(st.just(len(sent)) | st.integers(0, len(sent)))]
    if sent and draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(sent) - 1))
        sent = sent[:at] + draw(st.binary(max_size=3)) + sent[at + 1 :]
    # No more than some hundred blocks, so that the test reads files rather than its own loop.
    block = max(len(sent) >> 8, draw(st.sampled_from([1, 77, 65_536])))
    return SentFile(sent, max(len(content), len(sent)), options, block)


def encoded(text: str, encoding: str) -> bytes:
    """Return a text in an encoding, without what the encoding lacks."""
    return text.encode(encoding, errors="ignore")


def compressed(content: bytes) -> list[bytes]:
    """Return gzip of one part, of two, and with something behind it."""
    whole, half = gzip.compress(content, mtime=0), len(content) // 2
    parts = gzip.compress(content[:half], mtime=0) + gzip.compress(content[half:], mtime=0)
    return [whole, parts, whole + b"\0" * 9, whole + content]
