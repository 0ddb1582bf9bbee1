"""Reading an uploaded file block by block, so that memory use stays constant."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from flask import request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Event, Field, File, MultipartDecoder, NeedData

from emojify_core.errors import InvalidInputError
from emojify_core.limits import MAX_FILE
from web.http.problems import Problem

MAX_UPLOAD = MAX_FILE + (1 << 20)  # bytes of a body: the file, and the form around it

_BLOCK = 256 << 10
_MAX_FIELD = 10_000  # bytes
_MAX_PARTS = 20
_CUT_OFF = "The connection ended before the whole file arrived. Send it again."


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a client is sending. `blocks` can be read once.

    Reading `blocks` raises Problem 400, InvalidInputError.
    """

    blocks: Iterator[bytes]
    name: str = ""
    content_type: str = ""
    fields: dict[str, str] = field(default_factory=dict)  # the form fields before the file


def read_upload() -> Upload:
    """Return the request's file, from the body or a form.

    Raises Problem 400, InvalidInputError, RequestEntityTooLarge.
    """
    request.max_content_length = MAX_UPLOAD
    if request.mimetype != "multipart/form-data":
        return Upload(_blocks(request.stream), content_type=request.mimetype)
    parts = _parts(request.stream)
    fields: dict[str, str] = {}
    name, value = "", bytearray()
    for part in parts:
        match part:
            case File(filename=""):  # the browser's user chose no file
                break
            case File():
                content_type = part.headers.get("Content-Type", "")
                return Upload(_file_blocks(parts), part.filename, content_type, fields)
            case Field():
                name, value = part.name or "", bytearray()
            case Data():
                value += part.data
                if len(value) > _MAX_FIELD:
                    raise InvalidInputError("This is too long.", name)
                fields[name] = value.decode(errors="replace")
    raise InvalidInputError(
        'Send a file, as the request\'s body or as the field "file" of a form.', "file"
    )


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the body. Raises Problem 400 when the connection ends too early."""
    size = 0
    while True:
        try:
            block = stream.read(_BLOCK)
        except (ClientDisconnected, OSError) as e:
            raise Problem(400, _CUT_OFF, code="broken_off") from e
        if not block:
            break
        size += len(block)
        yield block
    # The WSGI server reports no error for a body that is shorter than Content-Length.
    if request.content_length is not None and size < request.content_length:
        raise Problem(400, _CUT_OFF, code="broken_off")


def _parts(stream: IO[bytes]) -> Iterator[Event]:
    """Yield the parts of a form. Raises Problem 400 for a malformed form."""
    boundary = request.mimetype_params.get("boundary", "")
    try:
        decoder = MultipartDecoder(
            boundary.encode(), max_form_memory_size=4 * _BLOCK, max_parts=_MAX_PARTS
        )
        for block in _blocks(stream):
            decoder.receive_data(block)
            while not isinstance(event := decoder.next_event(), NeedData):
                yield event
        decoder.receive_data(None)
        decoder.next_event()  # raises ValueError if the last boundary is missing
    except (ValueError, AttributeError, RequestEntityTooLarge) as e:
        if isinstance(e, RequestEntityTooLarge) and request.content_length is None:
            raise
        raise Problem(400, "The form cannot be read. Is it cut off?", code="form") from e


def _file_blocks(parts: Iterator[Event]) -> Iterator[bytes]:
    """Yield the blocks of the file, which must be the form's last part."""
    for part in parts:
        if isinstance(part, File):
            raise InvalidInputError("Send one file at a time.", "file")
        if isinstance(part, Field):
            name = part.name or ""
            raise InvalidInputError(f'Put the field "{name}" before the file, or in the URL.', name)
        if isinstance(part, Data):
            yield part.data
