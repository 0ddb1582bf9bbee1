"""Takes off what is not the writer's own words: tags, quoted mail, signatures."""

import re
from collections.abc import Iterator

from emojify_core.tokenizer import URL

_SCRIPT = re.compile(r"<(script|style)\b[^<>]{0,500}>[^<]{0,20000}</\1>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,15}(?:\s[^<>]{0,500})?/?>|<!--[^<>]{0,500}-->")
_BBCODE = re.compile(
    r"\[/?(?:b|i|u|s|quote|url|img|code|color|size)(?:=[^\[\]]{0,200})?\]", re.IGNORECASE
)
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]{1,500})\]\((?:https?://|/|#)[^()\s]{0,500}\)")
_MARKDOWN = re.compile(
    r"\*{1,3}|(?<!\w)_{1,2}(?=\w)|(?<=\w)_{1,2}(?!\w)|~~|`{1,3}|^#{1,6}\s", re.MULTILINE
)
_QUOTE_INTRODUCTION = re.compile(
    r"^(?:On .{4,200} wrote:|-{2,20} ?(?:Original|Forwarded) [Mm]essage ?-{0,20}|From: .{1,200})$"
)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)
# An address without a scheme counts as one by its ending and its path.
_BARE_LINK = re.compile(
    r"(?<![\w@.-])(?:(?:[a-z0-9-]{1,40}\.){1,4}(?:com|org|net|edu|gov|co|io|de|uk|fr|eu|info)"
    r"|bit\.ly|is\.gd|goo\.gl|t\.me|youtu\.be|fb\.me|wa\.me|redd\.it)/[^\s<>\"]+",
    re.IGNORECASE,
)
# What WhatsApp puts before a message that is copied: when it was sent, and by whom.
_CHAT_PREFIX = re.compile(
    r"^\u200e?(?:\[\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?\]"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}:\d{2}(?: ?[AP]M)? -) [^:\n]{1,40}: ",
    re.IGNORECASE | re.MULTILINE,
)
_SENT_FROM = re.compile(r"^(?:Sent from (?:my|the) |Get Outlook for )")


def strip_markup(text: str) -> str:
    """Return the words between tags and marks of Markdown, without a chat's prefixes.

    Takes linear time.
    """
    if ": " in text:
        text = _CHAT_PREFIX.sub(" ", text)
    if "<" in text:
        text = _TAG.sub(" ", _SCRIPT.sub(" ", text))
    if "[" in text:
        text = _BBCODE.sub(" ", _MARKDOWN_LINK.sub(r"\1", text))
    if any(mark in text for mark in "*_~`#"):
        text = _MARKDOWN.sub("", text)
    return text


def replace_links(text: str) -> str:
    """Replace links before signs in them are read as emoticons or hashtags."""
    if "." in text or "://" in text:
        text = _LINK.sub(f" {URL} ", text)
    return _BARE_LINK.sub(f" {URL} ", text) if "." in text and "/" in text else text


def strip_quotes(text: str) -> str:
    """Return a mail without what it quotes and its signature, unless nothing else is in it."""
    if "\n" not in text:
        return text
    own = [line for line, is_own in _lines(text) if is_own]
    return "\n".join(own) if any(map(str.strip, own)) else text


def blank_markup(text: str) -> str:
    """Return the text with spaces in place of tags, links and what a mail quotes.

    Every other character keeps its position.
    """
    lines = list(_lines(text)) if "\n" in text else []
    if any(line.strip() for line, is_own in lines if is_own):
        ends = text.splitlines(keepends=True)
        text = "".join(
            end if is_own else " " * len(end) for end, (_, is_own) in zip(ends, lines, strict=False)
        ).ljust(len(text))
    text = _MARKDOWN_LINK.sub(_blank_around_label, text)
    for pattern in (_CHAT_PREFIX, _SCRIPT, _TAG, _BBCODE):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return text


def _blank_around_label(link: re.Match[str]) -> str:
    return " " * (link.start(1) - link.start()) + link[1] + " " * (link.end() - link.end(1))


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line up to the quoted mail, and whether its writer wrote it."""
    has_own = False
    for line in text.splitlines():
        bare = line.strip()
        if has_own and (_QUOTE_INTRODUCTION.match(bare) or bare == "--"):
            return
        is_own = not bare.startswith(">") and not _SENT_FROM.match(bare)
        has_own = has_own or (is_own and bool(bare))
        yield line, is_own
