"""Text to tokens, split as the GloVe 6B vectors were: Penn Treebank style, lower case.

Everything here takes time linear in the text and accepts every `str`, lone surrogates and
control characters included: the texts come from strangers.
"""

import re
import unicodedata
from string import punctuation

# GloVe has no words for these three, so they reach the model as "unknown": a text of nothing
# but links has no known word, and is answered as unsure rather than as an emotion.
URL = "<url>"
USER = "<user>"
EMAIL = "<email>"

# Unicode normalisation sorts runs of combining marks in quadratic time (100,000 of them: 8 s),
# so a text goes through it in pieces of this many characters.
_PIECE = 2_048

_STRAIGHT = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛´`′ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑−", "-"),
        **dict.fromkeys("–—―", " -- "),
        "⁄": "/",  # NFKC makes it of ½
    }
)
# Dropped without a trace: surrogates, soft hyphen, marks that composed with nothing, zero-width
# and direction marks, variation selectors. U+200D stays, because it holds emoji together.
_INVISIBLE = re.compile(
    "[\ud800-\udfff\u00ad\u0300-\u036f\u20d0-\u20f0\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]+"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]+")

_PICTURE = (
    "[\u203c\u2049\u2122\u2139\u2190-\u21ff\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_SKIN = "[\U0001f3fb-\U0001f3ff]"
_LETTERS = r"[^\W\d_][^\W_]*"

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"]+")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w-][\w.-]{0,190}")  # bounded: tried everywhere
_USER = re.compile(r"(?<!\w)@\w+")
_STRETCHED = re.compile(r"([a-hj-z])\1{2,}(?![a-z])|([a-hj-z])\2{2,}")  # not "iii": a number

# Tried in this order at each place; every repetition consumes what it reads or is bounded.
_TOKEN = re.compile(
    "|".join(
        (
            r"(?<!\w)(?:[a-z]\.){2,}(?!\w)",  # p.m., u.s.
            rf"{_LETTERS}(?:'{_LETTERS})*",
            r"\d{1,4}(?:st|nd|rd|th|s|am|pm)(?![^\W_])",  # 2nd, 80s, 7am
            r"\d+(?:[.,:/]\d+)*",  # 12:30, 1,000, 71.5, 1983/1984
            r"(?<!\w)'(?:s|m|re|ve|ll|d|em|cause|til|till|twas|\d0s)(?![\w'])",
            r"(?<!\w)(?:[:;=]-?[()dp](?!\w)|<3(?!\w))",
            r"<(?:url|user|email)>",
            "[\U0001f1e6-\U0001f1ff]{2}",  # a flag is two letters
            f"{_PICTURE}{_SKIN}?(?:\u200d{_PICTURE}{_SKIN}?)*",
            r"\.{2,}|-{2,}|\"['\"]*|'['\"]+",
            r"[^\w\s\u200d]|_",
        )
    )
)

_NEGATED = (
    *("do", "did", "does", "is", "are", "was", "were", "have", "has", "had"),
    *("would", "could", "should", "ca", "wo", "ai"),
)
# What people leave out when they type fast, where nothing else is spelt so ("its", "ill",
# "were", "well" are left alone).
_UNSPELT = {
    **{f"{stem}nt": [stem, "n't"] for stem in _NEGATED},
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
_MOST_CLITICS = 3  # in one word; a bound, so that s's's's... costs no more than it is worth
_LONGEST_PREFIX = 2  # letters before an apostrophe that stay joined: o'clock, d'etat, ma'am

# One form for what is written in several, the one that GloVe has.
_FORM = {"<3": "❤", ":-)": ":)", "=)": ":)", "=-)": ":)", ":-(": ":(", "=(": ":(", "=-(": ":("}


def tokenize(text: str) -> list[str]:
    """Split `text` into lower-case tokens; an empty list where there is nothing to read.

    Contractions part as in the Penn Treebank (did n't, it 's, ca n't), signs are tokens, an
    emoji is one token, links, @names and e-mail addresses become `URL`, `USER` and `EMAIL`.
    Never raises for a `str`, and no token holds a blank or a surrogate.
    """
    tokens: list[str] = []
    for raw in _TOKEN.findall(_clean(text)):
        if raw[0].isalpha():
            if "'" in raw or raw in _UNSPELT:
                tokens += _word(raw)
            else:
                tokens.append(raw)
        elif not (raw in punctuation and tokens and tokens[-1] == raw):  # !!! counts once
            tokens.append(_sign(raw))
    return tokens


def normalise(text: str) -> str:
    """Return the form by which two texts count as the same: the tokens, joined by blanks."""
    return " ".join(tokenize(text))


def _clean(text: str) -> str:
    if text.isascii():
        text = text.lower().replace("`", "'")
    else:
        pieces = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
        text = _INVISIBLE.sub("", "".join(map(_compose, pieces)))
    text = _CONTROL.sub(" ", text)
    if "://" in text or "www." in text:
        text = _URL.sub(f" {URL} ", text)
    if "@" in text:
        text = _USER.sub(f" {USER} ", _EMAIL.sub(f" {EMAIL} ", text))
    # Soooo, coooool: no English word has the same letter three times, two at most inside it.
    return _STRETCHED.sub(r"\1\2\2", text)


def _compose(piece: str) -> str:
    # Straightened first: NFKC would turn an acute accent that stands for an apostrophe into a
    # blank and a combining mark.
    lowered = unicodedata.normalize("NFKC", piece.translate(_STRAIGHT)).lower()
    return unicodedata.normalize("NFKC", lowered).translate(_STRAIGHT)


def _word(word: str) -> list[str]:
    """Return the tokens of one word, with or without apostrophes.

    `shouldn't've` gives should, n't, 've; `parents'wishes` gives parents, ', wishes.
    """
    if word in _UNSPELT:
        return _UNSPELT[word]
    tail: list[str] = []
    while len(tail) < _MOST_CLITICS and (clitic := _CLITIC.search(word)):
        tail.insert(0, clitic[0])
        word = word[: clitic.start()]
    prefix = word.partition("'")[0]
    if len(prefix) > _LONGEST_PREFIX:
        return word.replace("'", " ' ").split() + tail
    return [word, *tail]


def _sign(raw: str) -> str:
    """Return the one form of what is no word: `....` to `...`, `<3` to a heart."""
    if len(raw) == 1 or raw[0] not in ".-'\"=:<":
        return raw
    if raw[0] in "'\"" and not raw[1].isalnum():
        return '"'
    return _FORM.get(raw) or {".": "...", "-": "--"}.get(raw[0], raw)
