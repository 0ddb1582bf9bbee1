"""What the name of a column says about its cells."""

import re
from collections.abc import Iterable

from emojify_core.batches.reading.layout import LINE_COLUMN

# The usual names of the column with the texts.
TEXT_NAMES = frozenset(
    (
        *(LINE_COLUMN, "texts", "sentence", "message", "messages", "comment", "comments", "review"),
        *("reviews", "tweet", "tweets", "post", "body", "content", "answer", "answers", "response"),
        *("feedback", "statement", "selftext", "utterance", "transcript", "verbatim"),
        *("antwort", "kommentar", "nachricht", "texte", "commentaire", "avis", "réponse", "texto"),
        *("comentario", "respuesta", "comentário", "resposta", "testo", "commento", "risposta"),
    )
)
_LIKELY = frozenset(
    (
        *("description", "reaction", "note", "notes", "remark", "remarks", "opinion", "reason"),
        *("why", "what", "how", "happened", "feel", "tell", "describe", "please", "story", "said"),
        *("experience", "open", "freitext", "bemerkung", "beschreibung", "phrase", "quote"),
        *("warum", "was", "wie", "caption"),
    )
)
_UNLIKELY = frozenset(
    (
        *("reply", "developer", "agent", "moderator", "consent", "url", "link", "permalink", "id"),
        *("title", "headline", "name", "author", "user", "username", "sender", "email", "mail"),
        *("category", "status", "state", "label", "emotion", "sentiment", "date", "time"),
        *("timestamp", "address", "city", "country", "region", "type", "lang", "language", "tag"),
        *("tags", "prompt", "instruction", "instructions", "device", "version", "agent", "source"),
        *("location", "bio", "about", "company", "product", "package", "path", "file", "hash"),
        *("subject", "channel", "platform", "department", "team", "role", "job", "gender"),
    )
)
# Words that stand in a header and hardly ever alone in a first row of data.
_HEADER_WORDS = TEXT_NAMES | frozenset(
    (
        *("id", "nr", "no", "no.", "index", "key", "uuid", "name", "date", "time", "timestamp"),
        *("datum", "zeit", "fecha", "data", "age", "alter", "gender", "sex", "country", "region"),
        *("city", "email", "user", "username", "author", "sender", "rating", "score", "stars"),
        *("lang", "language", "status", "type", "title", "url", "link", "source", "category"),
        *("label", "emotion", "created_at", "tweet_id", "user_id", "customer", "product", "price"),
        *("group", "value", "wert", "number", "version", "device", "subject", "description"),
    )
)
_TOKEN = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+")
_EXACT, _TOKENS, _HINT, _AGAINST = 1.6, 1.4, 1.2, 0.35


def name_weight(name: str) -> float:
    """Return how much more (or less) likely texts are in a column of this name."""
    if name.strip().lower() in TEXT_NAMES:
        return _EXACT
    tokens = {token.lower() for token in _TOKEN.findall(name)}
    if tokens & _UNLIKELY:
        return _AGAINST
    if tokens & TEXT_NAMES:
        return _TOKENS
    return _HINT if tokens & _LIKELY or name.rstrip().endswith("?") else 1.0


def has_header_words(cells: Iterable[str]) -> bool:
    """Tell whether a cell is a usual name of a column."""
    return any(cell.strip().lower() in _HEADER_WORDS for cell in cells)
