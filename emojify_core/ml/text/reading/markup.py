"""Takes off what is not the writer's own words: tags, quoted mail, signatures."""

import re

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
_SENT_FROM = re.compile(r"^(?:Sent from (?:my|the) |Get Outlook for )")


def strip_markup(text: str) -> str:
    """Return the words between tags and marks of Markdown. Takes linear time."""
    if "<" in text:
        text = _TAG.sub(" ", _SCRIPT.sub(" ", text))
    if "[" in text:
        text = _BBCODE.sub(" ", _MARKDOWN_LINK.sub(r"\1", text))
    if any(mark in text for mark in "*_~`#"):
        text = _MARKDOWN.sub("", text)
    return text


def strip_quotes(text: str) -> str:
    """Return a mail without what it quotes and its signature, unless nothing else is in it."""
    if "\n" not in text:
        return text
    own: list[str] = []
    for line in text.splitlines():
        bare = line.strip()
        if any(map(str.strip, own)) and (_QUOTE_INTRODUCTION.match(bare) or bare == "--"):
            break
        if not bare.startswith(">") and not _SENT_FROM.match(bare):
            own.append(line)
    return "\n".join(own) if any(map(str.strip, own)) else text
