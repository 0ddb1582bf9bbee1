"""How many requests the web process holds at once, and for how long."""

MAX_WAIT = 10  # seconds that `Prefer: wait` may hold a request

WAIT_SLOTS = 64  # requests that `Prefer: wait` holds at the same time
TRANSFER_SLOTS = 12  # uploads and downloads at the same time
FREE_THREADS = 8  # for all other requests
THREADS = WAIT_SLOTS + TRANSFER_SLOTS + FREE_THREADS
