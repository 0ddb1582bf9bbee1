"""Undoes what programs did to a text on its way: entities, escapes, wrong encodings."""

import html
import re
from urllib.parse import unquote_to_bytes

import ftfy

# The first bytes of UTF-8 read as Latin-1 or Windows-1252, and a byte that follows them.
_MOJIBAKE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6-\u02dc\u2013-\u2122]")
_PERCENT = re.compile("(?:%[0-9a-fA-F]{2})+")
_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\U[0-9a-fA-F]{8}|(?:\\x[0-9a-fA-F]{2})+|\\[nrt\"'/]")
_WINDOWS_PATH = re.compile(r"[A-Za-z]:\\")
_ENTITY_ROUNDS = 2  # &amp;#39; was escaped twice


def undo_encodings(text: str) -> str:
    """Return the text as its writer saw it: `don&#39;t`, `don%27t`, `donâ€™t` are don't.

    Takes linear time and accepts every `str`.
    """
    if "&" in text:
        for _ in range(_ENTITY_ROUNDS):
            text = html.unescape(text)
    if "%" in text and "://" not in text:  # a link is not read anyway
        text = _undo_percent(text)
    if "\\" in text and not _WINDOWS_PATH.search(text):
        text = _ESCAPE.sub(_undo_escape, text)
    if not text.isascii() and _MOJIBAKE.search(text):
        text = ftfy.fix_encoding(text)
    return text


def _undo_percent(text: str) -> str:
    is_whole = not any(map(str.isspace, text))  # a value of a URL, which has no spaces

    def undo(match: re.Match[str]) -> str:
        raw = unquote_to_bytes(match[0])
        follows_letter = text[max(match.start() - 1, 0) : match.start()].isalpha()
        if not (is_whole or follows_letter) and raw.isascii() and raw != b" ":
            return match[0]  # "100%25" may be meant so
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return match[0]

    undone = _PERCENT.sub(undo, text)
    return undone.replace("+", " ") if is_whole and undone != text else undone


def _undo_escape(match: re.Match[str]) -> str:
    escape = match[0]
    if escape[1] in "nrt":
        return " "
    if escape[1] == "U":
        code = int(escape.removeprefix("\\U"), base=16)
        return chr(code) if code < 0x110000 else " "  # noqa: PLR2004 - Unicode's end
    if escape[1] == "u":
        units = b"".join(int(code, 16).to_bytes(2) for code in escape.split("\\u")[1:])
        return units.decode("utf-16-be", errors="replace")
    if escape[1] == "x":
        raw = bytes(int(code, 16) for code in escape.split("\\x")[1:])
        return raw.decode(errors="replace")
    return escape[1]
