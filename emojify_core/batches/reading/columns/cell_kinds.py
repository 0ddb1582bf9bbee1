"""What a cell holds: a text, or a number, an address, JSON, a name, or nothing at all."""

import re
from enum import Enum, auto

from emojify_core.limits import MAX_NUMBER

_NUMBER_SIGNS = frozenset(".,:/ %-+()")  # beside digits; dates, times and telephone numbers too
_UNITS = frozenset({"am", "pm", "t", "z", "utc", "gmt", "eur", "usd", "inf", "e"})
_FACE = re.compile(r"[:;=]-?[()]|8-?\)$|(?:^|\s)[:;=]-?3$")  # an emoticon: "0/10 :("
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://")
_PATH = re.compile(r"[/~.\d]|[A-Za-z]:|[^/]{0,40}\.[^/]{2,10}/")  # "good/bad/ugly" is none
_LETTERS = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_FLAGS = frozenset(
    "yes no true false y n t f ja nein oui non si sí sim não male female m w d other".split()  # noqa: SIM905
)
# Programs write these where an answer is missing. People's own words are not among them.
_MISSING = frozenset(
    (
        *("na", "n/a", "n.a.", "n.a", "#n/a", "#na", "<na>", "nan", "-nan", "null", "none", "nil"),
        *("\\n", "(null)", "(empty)", "(blank)", "(none)", "[empty]", "undefined"),
        *("#null!", "#value!", "#ref!", "#name?", "#div/0!", "no comment", "no answer", "k.a."),
        *("not answered", "not applicable", "keine angabe", "[deleted]", "[removed]"),
        *("<media omitted>", "image omitted", "video omitted", "audio omitted", "gif omitted"),
        *("sticker omitted", "document omitted", "<medien ausgeschlossen>"),
    )
)
_LONGEST_MISSING = 24  # characters
_INVISIBLE = "\u200e\u200f\ufeff\u200b \t\r\n"
_CJK = 0x2E80  # from here on, scripts mostly write words without spaces
_CJK_WORD = 2  # characters
_NAME_WORDS = 4


class Kind(Enum):
    """The kinds of cells."""

    BLANK = auto()
    MISSING = auto()  # NA, NULL, a lone sign
    NUMBER = auto()  # also a date, a time, a telephone number
    FLAG = auto()  # yes, no, true, false
    ADDRESS = auto()  # of a page, a file or a person
    JSON = auto()
    CODE = auto()  # one word with digits or signs in it: an id
    NAME = auto()  # a few capitalized words
    TEXT = auto()


def kind_of(cell: str) -> Kind:  # noqa: PLR0911 - one answer for each kind
    """Return the kind of a cell, in linear time."""
    content = cell.strip(_INVISIBLE)
    if not content:
        return Kind.BLANK
    if is_missing(content):
        return Kind.MISSING
    if is_number(content):
        return Kind.NUMBER
    if content.lower() in _FLAGS:
        return Kind.FLAG
    if is_address(content):
        return Kind.ADDRESS
    if content[0] + content[-1] in {"{}", "[]"}:
        return Kind.JSON
    words = content.split(None, _NAME_WORDS)
    if len(words) == 1 and not content.isalpha() and content.isascii():
        return Kind.CODE if any(map(str.isdigit, content)) or "_" in content else Kind.TEXT
    if len(words) <= _NAME_WORDS and all(word[0].isupper() for word in words):
        return Kind.TEXT if content[-1] in ".!?" else Kind.NAME
    return Kind.TEXT


def is_missing(cell: str) -> bool:
    """Tell whether a cell is what programs and people write instead of an answer."""
    if len(cell) > _LONGEST_MISSING:
        return False
    content = cell.strip(_INVISIBLE).lower()
    return content in _MISSING or (bool(content) and not content.strip("-–—.,?/*_~ "))


def is_number(cell: str) -> bool:
    """Tell whether a cell holds a number, a date or a time, in linear time."""
    number = cell.strip()
    if len(number) > MAX_NUMBER or not any(map(str.isdecimal, number)):
        return False
    if _FACE.search(number):
        return False
    if any(not (sign.isdecimal() or sign.isalpha() or sign in _NUMBER_SIGNS) for sign in number):
        return False
    return all(letters.lower() in _UNITS for letters in _LETTERS.findall(number))


def is_address(cell: str) -> bool:
    """Tell whether a cell is one address of a page, a file or a person, and nothing else."""
    content = cell.strip()
    if not content or any(map(str.isspace, content)):
        return content[:8].lower() == "mozilla/"
    if _SCHEME.match(content) or content.lower().startswith(("www.", "mailto:")):
        return True
    name, at, host = content.partition("@")
    if at and name and "." in host and "@" not in host:
        return True
    return content.isascii() and bool(_PATH.match(content)) and content.count("/") > 1


def count_words(cell: str) -> int:
    """Return the number of words; two signs of Chinese or Japanese count as one."""
    words = len(_WORD.findall(cell))
    if cell.isascii():
        return words
    return max(words, sum(ord(sign) >= _CJK and sign.isalpha() for sign in cell) // _CJK_WORD)
