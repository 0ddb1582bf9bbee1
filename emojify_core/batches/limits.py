"""How much one batch may hold, and how much of it is done at a time."""

from typing import Final

MAX_FILE: Final = 1 << 30  # bytes, as sent and unpacked
MAX_RATIO: Final = 250  # unpacked to packed: text that people wrote packs to a third
RATIO_FROM: Final = 16 << 20  # unpacked bytes; a short file may repeat itself
MAX_LINE: Final = 1 << 20  # bytes; a row may have several lines, but is no longer than that
MAX_ROWS: Final = 5_000_000
MAX_COLUMNS: Final = 500
SAMPLE: Final = 256 << 10  # bytes, of which format, encoding and columns are judged

SLICE: Final = 128 << 10  # bytes cut at a time: some milliseconds
# A chunk is what one message, one file of answers and one tick in SQL are for.
CHUNK_ROWS: Final = 1_000
CHUNK_CHARACTERS: Final = 56_000  # of the texts; two fill a slice
CHUNK_BYTES: Final = 1 << 20  # of whole rows

LEAST_CERTAIN: Final = 10  # rows that a summary names
EXCERPT: Final = 200  # characters of each
