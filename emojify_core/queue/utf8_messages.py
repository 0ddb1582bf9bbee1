"""Messages in UTF-8, which is what a text has as bytes.

kombu escapes every character beyond ASCII, twice, and then encodes the whole as base64: an emoji of
4 bytes takes 16. Workers of every release read both, because JSON and kombu name the encoding.
"""

from typing import Any, Final

import kombu.transport.redis
from kombu.serialization import registry
from kombu.utils import json

# For `broker_transport_options`: the body stays a JSON string within the message.
BODY_ENCODING: Final = {"body_encoding": None}


def write_utf8() -> None:
    """Let kombu write messages and results of this process in UTF-8."""
    registry.register(
        "json", dumps_utf8, json.loads, content_type="application/json", content_encoding="utf-8"
    )
    # kombu's Redis transport reads this name at each call.
    kombu.transport.redis.dumps = dumps_utf8  # type: ignore[attr-defined,assignment]


def dumps_utf8(value: Any, **options: Any) -> str:
    """Return the value as JSON without escapes, except for a lone surrogate, which UTF-8 lacks."""
    text: str = json.dumps(value, ensure_ascii=False, **options)
    try:
        text.encode()
    except UnicodeEncodeError:
        return str(json.dumps(value, **options))
    return text
