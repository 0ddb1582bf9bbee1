"""Text to tokens, as GloVe 6B was tokenized: Penn Treebank style, lower case.

Texts come from the public. All functions take linear time and accept every `str`, with lone
surrogates and control characters.
"""

import re
import unicodedata
from string import punctuation

from emojify_core.limits import FREE_TOKENS, MAX_TOKENS, TOKENS_PER_100_CHARACTERS

# GloVe has no vectors for these three, so the model reads them as unknown. A text of links only
# has no known word, and the model is unsure about it.
URL = "<url>"
USER = "<user>"
EMAIL = "<email>"

# Unicode normalisation sorts runs of combining marks in quadratic time (8 s for 100,000 of them),
# so it runs on segments of this many characters.
_SEGMENT = 2_048
# NFKC can make six characters of one, and each costs time. Text that people read hardly grows.
_MAX_GROWTH = 2
_FREE_GROWTH = 256  # characters that even the shortest text may have afterwards

_TO_ASCII = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛´`′ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑−", "-"),
        **dict.fromkeys("–—―", " -- "),
        "⁄": "/",  # the fraction slash, which NFKC makes of ½
        # NFKC would write out these two phrases, at many times the cost of any other character.
        # These are their usual abbreviations.
        "\ufdfa": " صلعم ",
        "\ufdfb": " جل ",
    }
)
# Removed: surrogates, soft hyphens, combining marks that did not compose, zero-width and direction
# marks, variation selectors. U+200D stays because it joins emoji.
_INVISIBLE = re.compile(
    "[\ud800-\udfff\u00ad\u0300-\u036f\u20d0-\u20f0\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]+"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]+")

_PICTOGRAPH = (
    "[\u203c\u2049\u2122\u2139\u2190-\u21ff\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_SKIN_TONE = "[\U0001f3fb-\U0001f3ff]"
_LETTERS = r"[^\W\d_][^\W_]*"

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"]+")
# Its repetitions are bounded, because it is tried at every character.
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w-][\w.-]{0,190}")
_USER = re.compile(r"(?<!\w)@\w+")
# The Roman numeral "iii" stays.
_STRETCHED = re.compile(r"([a-hj-z])\1{2,}(?![a-z])|([a-hj-z])\2{2,}")

# Tried in this order at each position. Every repetition consumes its input or is bounded.
_TOKEN = re.compile(
    "|".join(
        (
            r"(?<!\w)(?:[a-z]\.){2,8}(?!\w)",  # p.m., u.s.; bounded, because it may fail at the end
            rf"{_LETTERS}(?:'{_LETTERS})*",
            r"\d{1,4}(?:st|nd|rd|th|s|am|pm)(?![^\W_])",  # 2nd, 80s, 7am
            r"\d+(?:[.,:/]\d+)*",  # 12:30, 1,000, 71.5, 1983/1984
            r"(?<!\w)'(?:s|m|re|ve|ll|d|em|cause|til|till|twas|\d0s)(?![\w'])",
            r"(?<!\w)(?:[:;=]-?[()dp](?!\w)|<3(?!\w))",
            r"<(?:url|user|email)>",
            "[\U0001f1e6-\U0001f1ff]{2}",  # a flag is two regional indicators
            f"{_PICTOGRAPH}{_SKIN_TONE}?(?:\u200d{_PICTOGRAPH}{_SKIN_TONE}?)*",
            r"\.{2,}|-{2,}|\"['\"]*|'['\"]+",
            r"[^\w\s\u200d]|_",
        )
    )
)

_NEGATABLE = (
    *("do", "did", "does", "is", "are", "was", "were", "have", "has", "had"),
    *("would", "could", "should", "ca", "wo", "ai"),
)
# Contractions typed without apostrophe. Words with another meaning are not among them: "its",
# "ill", "were", "well".
_WITHOUT_APOSTROPHE = {
    **{f"{stem}nt": [stem, "n't"] for stem in _NEGATABLE},
    "im": ["i", "'m"],
    "ive": ["i", "'ve"],
    "youre": ["you", "'re"],
    "youve": ["you", "'ve"],
    "theyre": ["they", "'re"],
    "theyve": ["they", "'ve"],
    "weve": ["we", "'ve"],
    "hes": ["he", "'s"],
    "shes": ["she", "'s"],
    "thats": ["that", "'s"],
    "whats": ["what", "'s"],
    "y'all": ["you", "all"],
}
_CLITIC = re.compile(r"(?<=.)(?:n't|'(?:s|m|re|ve|ll|d))$")
_MAX_CLITICS = 3  # per word, which bounds the time for s's's's...
_MAX_PREFIX = 2  # letters before an apostrophe that are not split off: o'clock, d'etat, ma'am

# Variants of a symbol, and the one that GloVe has.
_CANONICAL = {"<3": "❤", ":-)": ":)", "=)": ":)", "=-)": ":)", ":-(": ":(", "=(": ":(", "=-(": ":("}


def tokenize(text: str) -> list[str]:
    """Split `text` into lower-case tokens; a text with nothing to read gives none.

    Contractions split as in the Penn Treebank (did n't, it 's, ca n't). Symbols and emoji are
    tokens. Links, @names and e-mail addresses become `URL`, `USER` and `EMAIL`. Never raises for
    a `str`. No token contains whitespace or a surrogate.
    """
    tokens: list[str] = []
    for raw in _TOKEN.findall(_clean(text)):
        if raw[0].isalpha():
            if "'" in raw or raw in _WITHOUT_APOSTROPHE:
                tokens += _split_word(raw)
            else:
                tokens.append(raw)
        elif not (raw in punctuation and tokens and tokens[-1] == raw):  # !!! counts once
            tokens.append(_canonical_symbol(raw))
    return tokens


def token_limit(text: str) -> int:
    """Return how many tokens of a text the model reads at most.

    It costs no tokenizing, so it also bounds the cost of a text before that is paid.
    """
    return min(FREE_TOKENS + len(text) * TOKENS_PER_100_CHARACTERS // 100, MAX_TOKENS)


def normalise(text: str) -> str:
    """Return the tokens joined by spaces; texts with equal tokens count as the same text."""
    return " ".join(tokenize(text))


def _clean(text: str) -> str:
    longest = _longest(text)
    if text.isascii():
        text = text.lower().replace("`", "'")
    else:
        segments = (text[start : start + _SEGMENT] for start in range(0, len(text), _SEGMENT))
        text = _INVISIBLE.sub("", "".join(map(_compose, segments)))[:longest]
    text = _CONTROL.sub(" ", text)
    if "://" in text or "www." in text:
        text = _URL.sub(f" {URL} ", text)
    if "@" in text:
        text = _USER.sub(f" {USER} ", _EMAIL.sub(f" {EMAIL} ", text))
    # Soooo, coooool: no English word repeats a letter three times.
    return _STRETCHED.sub(r"\1\2\2", text)


def _longest(text: str) -> int:
    return max(_FREE_GROWTH, _MAX_GROWTH * len(text))


def _compose(segment: str) -> str:
    # Translate first: NFKC would turn an acute accent used as apostrophe into a space and a
    # combining mark.
    composed = unicodedata.normalize("NFKC", segment.translate(_TO_ASCII))
    lowered = composed[: _longest(segment)].lower()
    return unicodedata.normalize("NFKC", lowered).translate(_TO_ASCII)


def _split_word(word: str) -> list[str]:
    """Return the tokens of one word.

    `shouldn't've` gives should, n't, 've; `parents'wishes` gives parents, ', wishes.
    """
    if word in _WITHOUT_APOSTROPHE:
        return _WITHOUT_APOSTROPHE[word]
    tail: list[str] = []
    while len(tail) < _MAX_CLITICS and (clitic := _CLITIC.search(word)):
        tail.insert(0, clitic[0])
        word = word[: clitic.start()]
    prefix = word.partition("'")[0]
    if len(prefix) > _MAX_PREFIX:
        return word.replace("'", " ' ").split() + tail
    return [word, *tail]


def _canonical_symbol(raw: str) -> str:
    """Return a symbol's canonical form: `...` for `....`, a heart for `<3`."""
    if len(raw) == 1 or raw[0] not in ".-'\"=:<":
        return raw
    if raw[0] in "'\"" and not raw[1].isalnum():
        return '"'
    return _CANONICAL.get(raw) or {".": "...", "-": "--"}.get(raw[0], raw)
