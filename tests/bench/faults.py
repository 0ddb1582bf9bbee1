"""Behavior without a part: answers in time, and the time of recovery."""

import signal
import time

import numpy as np
from http_client import HttpClient
from sections import Row

from emojify_core.queue.celery_app import LOST_AFTER
from support.deadlines import eventually
from support.load_generator import Load
from support.stack import Stack
from web.http.limits import WAIT_SLOTS

HEALTH = "/healthz, every waiting place taken"
REDIS_FAULTS = ("Redis stopped under load", "Redis hanging under load")
REFUSED = 100  # 503 answers before Redis comes back
WITHIN = 60  # seconds; a guard for hangs


def redis_away(stack: Stack) -> list[Row]:
    """Stop Redis under load and start it again; then let it hang, and resume it."""
    redis = stack.parts["redis"]
    rows: list[Row] = []
    for fault in REDIS_FAULTS:
        with Load(stack.url) as load:
            eventually(lambda load=load: load.succeeded() > 50, within=WITHIN, what="answers flow")
            if fault == REDIS_FAULTS[0]:
                redis.end()
            else:
                redis.signal(signal.SIGSTOP)
            eventually(lambda load=load: load.count(503) > REFUSED, within=WITHIN, what="503")
            before, back = load.succeeded(), time.monotonic()
            if fault == REDIS_FAULTS[0]:
                redis.start()
            else:
                redis.signal(signal.SIGCONT)
            eventually(lambda load=load, n=before: load.succeeded() > n, within=WITHIN)
            flows = time.monotonic() - back
        assert not load.errors, load.errors[0]
        assert load.statuses <= {200, 202, 503}, load.statuses
        rows += [
            (f"{fault}: answers", len(load.answers), "requests"),
            (f"{fault}: slowest answer or 503", load.slowest, "s"),
            (f"{fault}, then back: predictions flow after", flows, "s"),
            (
                f"{fault}: accepted, and never ended",
                never_ended(stack, load.open_ids()),
                "requests",
            ),
        ]
    return rows


def never_ended(stack: Stack, ids: list[str]) -> int:
    """Count the accepted predictions without a final state after their deadline."""
    deadline = time.monotonic() + LOST_AFTER + 2
    left = set(ids)
    while left and time.monotonic() < deadline:
        for each in list(left):
            answer = stack.http.get(f"/api/v1/predictions/{each}").json()
            if answer["state"] != "queued":
                left.discard(each)
        time.sleep(0.2)
    return len(left)


def health(stack: Stack, calls: int) -> list[Row]:
    """Time health checks on new connections while no worker answers the waiting clients.

    There are twice as many clients as wait slots: half of them wait, the others get 202 at once and
    ask again four times a second.
    """
    stack.parts["worker"].end()
    taken = []
    with Load(stack.url, clients=2 * WAIT_SLOTS, wait=10, pause=0.25) as load:
        # This many are not held; by then all others are, and every client has started.
        eventually(lambda: load.count(202) >= WAIT_SLOTS, within=WITHIN)
        for _ in range(calls):
            started = time.perf_counter()
            with HttpClient(stack.port) as client:
                client.get("/healthz")
            taken.append((time.perf_counter() - started) * 1000)
    return [(f"{HEALTH}, p{q}", float(np.percentile(taken, q)), "ms") for q in (50, 99)]
