"""Files that are neither tables nor texts, by their real names and what to do with them."""

import re
from pathlib import PurePath

from emojify_core.errors import BatchFileError

_AS_CSV = "Open it, save the sheet as CSV or .xlsx and send that."
_USE_GZIP = "Compress it with gzip instead and send it again."
_IMAGE = "an image, not text. Send CSV, JSON Lines or plain text."
_BINARY = (
    (b"%PDF", "a PDF, not text. Copy its texts into a text or CSV file and send that."),
    (b"\x89PNG", _IMAGE),
    (b"\xff\xd8\xff", _IMAGE),
    (b"GIF8", _IMAGE),
    (b"PAR1", "a Parquet file, not text. Export it as CSV and send that."),
    (b"ARROW1", "an Arrow file, not text. Export it as CSV and send that."),
    (b"FEA1", "a Feather file, not text. Export it as CSV and send that."),
    (b"SQLite format 3\0", "an SQLite database. Export the table as CSV and send that."),
    (b"$FL2", "an SPSS file, not text. Save it as CSV or Excel and send that."),
    (b"$FL3", "an SPSS file, not text. Save it as CSV or Excel and send that."),
    (b"<stata_dta>", "a Stata file. Export it as CSV (export delimited) and send that."),
    (b"RDX", "a file of R. Write it as CSV (write.csv) and send that."),
    (b"X\n\0\0", "a file of R. Write it as CSV (write.csv) and send that."),
    (b"\x89HDF", "an HDF5 file, not text. Export it as CSV and send that."),
    (b"\x80\x04\x95", "a Python pickle, which is not read. Write it as CSV and send that."),
    (b"{\\rtf", "RTF, not plain text. Open it, save it as plain text and send that."),
    (b"BZh", f"compressed with bzip2. {_USE_GZIP}"),
    (b"\xfd7zXZ", f"compressed with xz. {_USE_GZIP}"),
    (b"\x28\xb5\x2f\xfd", f"compressed with zstd. {_USE_GZIP}"),
    (b"7z\xbc\xaf", f"compressed with 7-Zip. {_USE_GZIP}"),
    (b"Rar!", f"compressed with RAR. {_USE_GZIP}"),
)
_TEXTUAL = (
    (re.compile(r"(?i)<!doctype html|<html|<table|<head|<body"), "HTML", _AS_CSV),
    (re.compile(r"(?i)<\?mso-application|<workbook"), "XML of old Excel", _AS_CSV),
    (re.compile(r"<\?xml|<rss|<feed"), "XML", "Export the data as CSV and send that."),
    (
        re.compile(r"(?i)-- MySQL dump|-- PostgreSQL|INSERT INTO |CREATE TABLE |BEGIN TRANSACTION"),
        "SQL",
        "Export the table as CSV and send that.",
    ),
    (re.compile(r"BEGIN:V(CARD|CALENDAR)"), "a calendar or address book", "Send a CSV file."),
    (re.compile(r"WEBVTT"), "subtitles", "Copy the texts into a text file and send that."),
    (
        re.compile(r"1\r?\n\d\d:\d\d:\d\d,\d{3} --> "),
        "subtitles",
        "Copy the texts into a text file and send that.",
    ),
    (re.compile(r"(?i)@relation "), "ARFF", "Export it as CSV and send that."),
    (
        re.compile(r"From [^\n]{3,200}\n(Return-Path|Received|Message-ID|Date|From|X-)[^\n]*:"),
        "a mailbox",
        "Export the messages as CSV and send that.",
    ),
    (
        re.compile(
            r"(From|To|Subject|Date|Received|Return-Path|MIME-Version): [^\n]{0,998}\n[\w-]{1,40}: "
        ),
        "an e-mail",
        "Copy its text into a text file and send that.",
    ),
    (re.compile(r"bplist00|<!DOCTYPE plist"), "a property list", "Send a CSV file."),
)
_COMMENTS = re.compile(r"(?:[ \t]*(?:--|/\*|%)[^\n]*\n|[ \t]*\n)*")


def refuse_binary(sample: bytes) -> None:
    """Raise BatchFileError for a file that is known by its first bytes, with its real name."""
    for magic, description in _BINARY:
        if sample.startswith(magic):
            raise BatchFileError(f"The file is {description}")


def refuse_other_text(sample: str, name: str) -> None:
    """Raise BatchFileError for text that is neither a table nor a list of texts: HTML, SQL."""
    beginning = sample[:4_000].lstrip("\ufeff \t\r\n")
    after = _COMMENTS.match(beginning)
    bare = beginning[after.end() :] if after else beginning
    for pattern, kind, advice in _TEXTUAL:
        if pattern.match(beginning) or pattern.match(bare):
            suffix = PurePath(name).suffix.lower()
            calls = f" that calls itself {suffix}" if suffix and len(suffix) < 10 else ""  # noqa: PLR2004
            raise BatchFileError(f"The file is {kind}{calls}, not a table of texts. {advice}")
