"""How much the web process takes at once: bytes in a body, and requests that hold a thread."""

# 200,000 characters, each at worst twelve bytes of JSON (an escaped surrogate pair).
# Uploaded files have their own limit.
MAX_BODY = 3 * 1024 * 1024  # bytes
MAX_WAIT = 10  # seconds that `Prefer: wait` may hold a request

WAIT_SLOTS = 24  # requests that `Prefer: wait` holds at the same time
TRANSFER_SLOTS = 6  # uploads and downloads at the same time
FREE_THREADS = 8  # for all other requests
THREADS = WAIT_SLOTS + TRANSFER_SLOTS + FREE_THREADS
