"""A file as it comes in: its blocks, read one after the other and never all at once."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from flask import request
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Event, Field, File, MultipartDecoder, NeedData

from emojify_core.batches.limits import MAX_FILE
from emojify_core.errors import InvalidInputError
from web.http.problems import Problem

MAX_UPLOAD = MAX_FILE + (1 << 20)  # bytes of a body: the file, and what a form puts around it

_BLOCK = 256 << 10
_LONGEST_FIELD = 10_000  # bytes
_MOST_PARTS = 20
_PATIENCE = 10.0  # seconds for which what is refused is read on
_NO_FILE = 'Send a file: as the request\'s body, or in a form as the field "file".'
_BROKEN_OFF = "The connection ended before all of the file had come. Send it again."


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is being sent. `blocks` can be read once; reading raises Problem."""

    blocks: Iterator[bytes]
    name: str = ""
    content_type: str = ""
    fields: dict[str, str] = field(default_factory=dict)  # of a form, before its file


def read_upload() -> Upload:
    """Return the request's file, sent bare or in a form. Raises Problem 400, 413, 422."""
    request.max_content_length = MAX_UPLOAD
    if request.mimetype != "multipart/form-data":
        return Upload(_blocks(request.stream), content_type=request.mimetype)
    parts = _checked(_parts(request.stream))
    fields: dict[str, str] = {}
    name, value = "", bytearray()
    for part in parts:
        match part:
            case File(filename=""):  # a browser's form in which nothing was chosen
                break
            case File():
                told = part.headers.get("Content-Type", "")
                return Upload(_of_file(parts), part.filename, told, fields)
            case Field():
                name, value = part.name or "", bytearray()
            case Data():
                value += part.data
                if len(value) > _LONGEST_FIELD:
                    raise InvalidInputError("This is too long.", name)
                fields[name] = value.decode(errors="replace")
    raise InvalidInputError(_NO_FILE, "file")


def discard_rest() -> None:
    """Read on for a while what nobody wants: who still sends does not see the refusal."""
    until = time.monotonic() + _PATIENCE
    with suppress(HTTPException, OSError):
        while request.stream.read(_BLOCK) and time.monotonic() < until:
            pass


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the body. Raises Problem 400 if the connection ends before it does."""
    size = 0
    while True:
        try:
            block = stream.read(_BLOCK)
        except (ClientDisconnected, OSError) as e:
            raise Problem(400, _BROKEN_OFF, code="broken_off") from e
        if not block:
            break
        size += len(block)
        yield block
    # The server in front of us gives no error for a body that is shorter than announced.
    if request.content_length is not None and size < request.content_length:
        raise Problem(400, _BROKEN_OFF, code="broken_off")


def _parts(stream: IO[bytes]) -> Iterator[Event]:
    boundary = request.mimetype_params.get("boundary", "")
    decoder = MultipartDecoder(
        boundary.encode(), max_form_memory_size=4 * _BLOCK, max_parts=_MOST_PARTS
    )
    for block in _blocks(stream):
        decoder.receive_data(block)
        while not isinstance(event := decoder.next_event(), NeedData):
            yield event
    decoder.receive_data(None)
    decoder.next_event()  # an error, if the last boundary is missing


def _checked(parts: Iterator[Event]) -> Iterator[Event]:
    try:
        yield from parts
    except (ValueError, AttributeError, RequestEntityTooLarge) as e:
        if isinstance(e, RequestEntityTooLarge) and request.content_length is None:
            raise
        raise Problem(400, "The form cannot be read. Is it cut off?", code="form") from e


def _of_file(parts: Iterator[Event]) -> Iterator[bytes]:
    """Yield the rest of the file; nothing comes behind it."""
    for part in parts:
        if isinstance(part, File):
            raise InvalidInputError("Send one file at a time.", "file")
        if isinstance(part, Field):
            name = part.name or ""
            raise InvalidInputError(
                f'Put the field "{name}" before the file, or into the address.', name
            )
        if isinstance(part, Data):
            yield part.data
