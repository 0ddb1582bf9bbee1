"""Python's garbage collector, set for servers that make and drop thousands of objects a request."""

import gc


def collect_rarely() -> None:
    """Keep what start-up made out of every later collection, and collect less often.

    The default looks after every 700 new objects, several times within one request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
