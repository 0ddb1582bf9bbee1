"""Limits on what people send and on what it may cost. `docs/limits.md` explains each."""

from typing import Final

# One text, and one prediction request
MAX_CHARACTERS: Final = 5_000  # in one text
MAX_TEXTS: Final = 256  # in one request; batches take longer lists
MAX_REQUEST_CHARACTERS: Final = 200_000  # in all texts of one request
# The model reads this many tokens of a text, and more for every hundred characters. English has
# some 22 for these, so only rows of signs or emoji are cut off.
FREE_TOKENS: Final = 30
TOKENS_PER_100_CHARACTERS: Final = 31
MAX_TOKENS: Final = 8_192  # of one text, however long
# Of all texts of a request, the worker reads this many tokens. They take it some 0.7 s.
# 200,000 characters of English have 43,000.
MAX_REQUEST_TOKENS: Final = 48_000

# What one client may cost: tokens are counted before the model reads them.
MIN_TEXT_TOKENS: Final = 60  # counted of each text: an answer stays in Redis for ten minutes
# Requests of up to so many, as the longest text has, cost no round trip to Redis to be counted.
SMALL_REQUEST_TOKENS: Final = FREE_TOKENS + MAX_CHARACTERS * TOKENS_PER_100_CHARACTERS // 100
# Requests of up to so many, some 1,500 characters, overtake longer ones in the queue.
SHORT_REQUEST_TOKENS: Final = 500
# Short requests share a message. A worker answers so many tokens within some 60 ms.
MAX_GROUP_TEXTS: Final = 64
MAX_GROUP_TOKENS: Final = 4_096
EXPLAINED_TOKENS: Final = 256  # that an explained text counts in a group: it runs many times
# For each request of EMOJIFY_RATE_LIMIT: 1.5 million a minute by default, a third of what one
# worker reads in that time. They are given in parts, so that little waits of one client.
TOKENS_PER_REQUEST: Final = 2_500
TOKEN_PARTS: Final = 12  # a minute's tokens come every 5 seconds

# The queue of predictions in Redis
MAX_QUEUE_MESSAGES: Final = 1_000  # some seconds of work for one worker
MAX_QUEUE_BYTES: Final = 16 << 20
BULK_QUEUE_BYTES: Final = 4 << 20  # 20 s of work; beyond it, only short requests find room
MEMORY_SHARE: Final = 0.8  # of Redis's `maxmemory`; the rest is for what workers write
BULK_MEMORY_SHARE: Final = 0.6  # beyond it, only short requests find room

# One HTTP request
# 200,000 characters, each at worst twelve bytes of JSON (an escaped surrogate pair).
# Uploaded files have their own limit.
MAX_BODY: Final = 3 << 20  # bytes
# 5,000 characters, each at worst twelve bytes of a form, and the other fields
MAX_FORM: Final = 64 << 10  # bytes
MAX_JSON_CONTAINERS: Final = 1_000  # lists and objects, which also limits their nesting
MAX_JSON_NAMES: Final = 1_000  # in all objects
MAX_ERRORS: Final = 20  # that one answer tells
MAX_ERROR_FIELD: Final = 200  # characters of a field's name in an answer

# An uploaded file
MAX_FILE: Final = 1 << 30  # bytes, as sent and decompressed
MAX_RATIO: Final = 250  # decompressed to compressed; ordinary text has about 3
RATIO_FROM: Final = 16 << 20  # decompressed bytes; below this any ratio is fine
MAX_LINE: Final = 1 << 20  # bytes; also the limit of a row, which may have several lines
# Beyond the longest row: a long cell must fail as a long row, not as an error of Python's csv.
MAX_CELL: Final = 4 * MAX_LINE  # characters
MAX_ROWS: Final = 5_000_000
MAX_COLUMNS: Final = 500
MAX_NAME: Final = 200  # characters of a name in a JSON object
MAX_ROW_NESTING: Final = 100  # lists and objects in one another; Python's json ends at some 1,000
MAX_HEADER_CELL: Final = 1_000  # characters; a survey's column is often named by a whole question
MAX_NAMES: Final = 50_000  # characters of all column names of a file, which each task reads
MAX_NUMBER: Final = 100  # characters of a cell that may count as a number or a date
SAMPLE: Final = 256 << 10  # bytes from which format, encoding and columns are detected
READING_SAMPLE: Final = 400  # rows of them by which the columns are judged
MAX_PREAMBLE: Final = 50  # lines before a header that are found; skip_lines may name more
MAX_SKIP_LINES: Final = 1_000
MAX_CONTAINER: Final = 32 << 20  # bytes of a workbook or a zip file as sent
MAX_UNPACKED: Final = 256 << 20  # bytes of all parts of a workbook
MAX_SHEET: Final = 128 << 20  # bytes of a sheet as CSV
MAX_CONTAINER_PARTS: Final = 2_000
MAX_CONTAINER_DIRECTORY: Final = 1 << 20  # bytes of a zip file's list of parts
MAX_SHEET_ROWS: Final = 1_048_575  # of results as .xlsx, besides the header
MAX_SHEET_CELL: Final = 32_767  # characters of a cell there; Excel opens no longer ones
MAX_SHEETS: Final = 100
MAX_SHEET_NAME: Final = 100  # characters; Excel allows 31
WORKBOOK_WAIT: Final = 10  # seconds that a workbook waits for the one before it
WORKBOOK_MEMORY: Final = 384 << 20  # bytes of the process that reads a workbook
WORKBOOK_SECONDS: Final = 60  # of its processor time
MAX_PREVIEW: Final = 4 << 20  # bytes of a text file that a preview reads

# The files that the server keeps; EMOJIFY_BATCH_STORAGE says how many bytes they may take in all
HOLDER_SHARE: Final = 2  # a half for the holder of a key, or for a person on this machine
ADDRESS_SHARE: Final = 4  # a quarter for all others of one address
CLIENT_SHARE: Final = 8  # an eighth for each of them
ANSWER_BYTES: Final = 150  # of a row's answer in the store, at most; most take 54
MIN_FREE_DISK: Final = 1 << 30  # bytes that uploads leave for the database and the models

# The pieces in which a worker splits and answers a file
SLICE: Final = 128 << 10  # bytes split at a time, which takes some milliseconds
# A chunk is one message, one file of predictions and one database update.
CHUNK_ROWS: Final = 1_000
CHUNK_CHARACTERS: Final = 56_000  # of the texts; two chunks fill a slice
CHUNK_BYTES: Final = 1 << 20  # of whole rows

# The summary of a batch
LEAST_CERTAIN: Final = 10  # rows listed
EXCERPT: Final = 200  # characters of each

# Learning corrections
# A gradient step costs as much as the text is long: 400 common words take some 10 s of processor
# time. Only words that the model reads count, and only they are learned.
MAX_CORRECTION_WORDS: Final = 400
MAX_GROUP_WORDS: Final = 480  # learned in one update; one correction may always go alone
# Processor time to fine-tune one candidate; after as much, an update ends if it decided something.
LEARNING_SECONDS: Final = 15.0
# Earlier corrections that an update protects and the gate checks. All of 5,000 took 11 s.
MAX_EARLIER: Final = 1_000

# Corrections that wait for review
MAX_WAITING_REVIEWS: Final = 10_000  # in all
# What may wait of one sender is a share of the places that are still free. So what a few addresses
# send never fills the queue, and the more is waiting the less each may add.
ADDRESS_REVIEW_SHARE: Final = 20  # a twentieth for all strangers of one address: at most 476
HOLDER_REVIEW_SHARE: Final = 4  # a quarter for the holder of a key, or a person on this machine
REVIEW_DAYS: Final = 30  # then what nobody reviewed is rejected
REVIEW_PAGE: Final = 25  # corrections on a page: one request to a worker classifies their texts
MAX_DECISIONS: Final = 100  # corrections that one request decides; each takes some milliseconds

# How long texts are kept, and what forgetting them costs
KEEP_REFUSED: Final = 30  # days that a refused, failed or rejected correction keeps its text
REBUILD_EVERY: Final = 3_600  # seconds; owners' deletions share one rebuild in this time
REBUILD_SHARE: Final = 5  # gathered rebuilds take a fifth of the trainer's time at most
ERASED_AT_ONCE: Final = 500  # corrections in one transaction, so that others need not wait long

# People on different networks who must say the same against an answer that the model is sure of,
# where EMOJIFY_CORRECTIONS=auto lets strangers teach without review
INDEPENDENT_VOICES: Final = 3

# Wrong API keys, tokens and sign-ins of one address
FAILED_SIGN_INS: Final = 20  # in FAILED_SIGN_INS_SECONDS; then even a right one waits
FAILED_SIGN_INS_SECONDS: Final = 60
FAILED_NETWORKS: Final = 10_000  # addresses that are remembered at once

# A connection. The server reads whole requests before a thread takes them, and ends slow clients.
MAX_CONNECTIONS: Final = 1_000  # at once; then the oldest idle ones of the busiest address end
MAX_HEADER: Final = 64 << 10  # bytes
HEADER_SECONDS: Final = 10.0  # from a request's first byte to the end of its header
# Until a kept connection's next request. Load balancers keep theirs for 60 s; if the server ended
# one first, a request that is on its way would get 502.
IDLE_SECONDS: Final = 75.0
# A body, and an answer that a client reads: this many bytes in each of these windows. That is 8 KB
# a second, so a gigabyte may take a day and a half.
PACE_SECONDS: Final = 15.0
PACE_BYTES: Final = 120 << 10
# A larger body is an upload, of which this much must be there before a thread reads on.
UPLOAD_START: Final = 128 << 10  # bytes
MAX_TINY_CHUNKS: Final = 20_000  # of a body; each chunk costs as much as hundreds of bytes
TINY_CHUNK: Final = 32  # bytes; smaller ones count
MAX_UNREAD_ANSWER: Final = 1 << 20  # bytes that wait for a slow reader without holding a thread
BUFFERED_BYTES: Final = 64 << 20  # of all unfinished requests and unread answers
SMALL_BUFFER: Final = 64 << 10  # bytes; a connection with fewer ends for no other one's sake
CLOSING_SECONDS: Final = 10.0  # in which a client that still sends may read the error
