"""Emoji, emoticons and chat words that carry a feeling: each kind is one token."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Emoticons that also occur in prose, as in "(see above):"; they must stand alone.
_AMBIGUOUS = frozenset(
    ("(:", "(-:", "):", ")-:", ":c", ":<", ":>", ":3", "D:", "8D", ":x", "TT_TT")
)
_PROSE = "-.'"  # characters of emoticons that are common in prose
_REPEATABLE = ")(D]["  # ":)))" is ":)"
_NOT_READ = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]")  # skin tones, variation selectors
_GENDER = re.compile("\u200d[\u2640\u2642]")
_LAUGHTER = re.compile(r"^(?:b?a?(?:ha){2,}h?|(?:he){2,}h?|(?:ja){2,}|l+o+l(?:ol)*z?)$")


@dataclass(frozen=True, slots=True)
class Symbol:
    """One kind of symbol."""

    token: str  # stands for all of its kind
    emotion: str  # a label, or "none"
    words: tuple[str, ...]  # plain words of the same meaning
    forms: tuple[str, ...]  # as people type it


@cache
def symbols() -> tuple[Symbol, ...]:
    """Return all kinds of symbols."""
    return tuple(_parse())


def replace_emoticons(text: str) -> str:
    """Replace each emoticon by the emoji of the same meaning. Takes linear time."""
    if not _sign_pattern().search(text):
        return text  # as most prose
    pattern, tokens = emoticon_pattern()
    return pattern.sub(lambda match: f" {tokens[_shortened(match[0])]} ", text)


def canonical(token: str) -> str:
    """Return the token that stands for this one; unknown tokens stay as they are."""
    if _LAUGHTER.match(token):
        token = "haha"  # noqa: S105
    elif not token.isascii():
        token = _GENDER.sub("", _NOT_READ.sub("", token))
    table = _table()
    if token in table or "\u200d" not in token:
        return table.get(token, token)
    return next((table[part] for part in token.split("\u200d") if part in table), token)


@cache
def _table() -> Mapping[str, str]:
    return {
        _NOT_READ.sub("", form).lower(): symbol.token
        for symbol in symbols()
        for form in symbol.forms
    }


@cache
def emoticon_pattern() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Return the pattern of all emoticons, and each one's token."""
    tokens = {
        form: symbol.token
        for symbol in symbols()
        for form in symbol.forms
        if not form.isalpha() and not _is_emoji(form)
    }
    by_length = sorted(tokens, key=len, reverse=True)
    by_first: dict[str, list[str]] = {}
    for emoticon in by_length:
        by_first.setdefault(emoticon[0], []).append(_rest(emoticon))
    # Each branch starts with a character, which `re` looks for before it tries anything.
    branches = (f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in by_first.items())
    return re.compile("|".join(branches)), tokens


@cache
def _sign_pattern() -> re.Pattern[str]:
    """Return what each emoticon has and few other texts: a rare character, or all of it."""
    rare, whole = set[str](), list[str]()
    for form in emoticon_pattern()[1]:
        signs = {sign for sign in form if not (sign.isalnum() or sign in _PROSE)}
        rare |= signs
        if not signs:
            whole.append(re.escape(form))
    return re.compile("|".join([f"[{re.escape(''.join(sorted(rare)))}]", *sorted(whole)]))


def _rest(emoticon: str) -> str:
    """Return the pattern of an emoticon after its first character, and of what stands around."""
    first, last = re.escape(emoticon[0]), emoticon[-1]
    rest = re.escape(emoticon[1:]) + ("+" if last in _REPEATABLE else "")
    if emoticon in _AMBIGUOUS:
        return rf"(?<!\S{first}){rest}(?!\S)"
    before = rf"(?<!\w{first})" if emoticon[0].isalnum() or last in "/\\|" else ""
    after = r"(?!\w)" if last.isalnum() else r"(?![/\\])" if last in "/\\" else ""
    return before + rest + after


def _shortened(found: str) -> str:
    last = found[-1]
    if last not in _REPEATABLE:
        return found
    stem = found.rstrip(last)
    return stem + last


def _is_emoji(form: str) -> bool:
    return len(form.split("\u200d", maxsplit=1)[0].rstrip("\ufe0f")) == 1 and not form.isascii()


def _parse() -> Iterator[Symbol]:
    content = files(__package__).joinpath("symbols.tsv").read_text(encoding="utf-8")
    lines = [line for line in content.splitlines() if line and not line.startswith("#")]
    for line in lines[1:]:
        emotion, words, forms = line.split("\t")
        listed = forms.split()
        yield Symbol(listed[0].lower(), emotion, tuple(words.split()), tuple(listed))
