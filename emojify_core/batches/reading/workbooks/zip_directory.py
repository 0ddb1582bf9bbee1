"""How large a zip file's list of parts is, before anybody reads the list."""

import os
import re
import struct
from typing import IO

# The end of a zip file: a record of 22 bytes and a comment; large files have a second record.
_TAIL = (64 << 10) + 200
_END = re.compile(rb"PK\x05\x06|PK\x06\x06")
_SIZE = {b"PK\x05\x06": ("<L", 12), b"PK\x06\x06": ("<Q", 40)}  # where each has the size


def directory_size(file: IO[bytes]) -> int:
    """Return the bytes of the list as the file tells them; 0 where no record of an end is found.

    Readers differ in which record they take when there are several. So the largest size counts.
    """
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - _TAIL))
    tail = file.read()
    file.seek(0)
    sizes = [0]
    for found in _END.finditer(tail):
        layout, offset = _SIZE[found.group()]
        place = found.start() + offset
        if place + struct.calcsize(layout) <= len(tail):
            sizes.append(struct.unpack_from(layout, tail, place)[0])
    return max(sizes)
