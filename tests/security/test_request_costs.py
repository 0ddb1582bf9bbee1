"""What single requests cost the running web and its worker, in processor time.

The functions that read them are tried thousands of times in `tests/unit/test_input_costs.py`. Here
their costs include the server's, the framework's and the libraries'.
"""

import gzip
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_plus

import httpx
import pytest

from support.bystander import attacker, whole_again
from support.stack import Stack

MEGABYTE = 1 << 20
REQUESTS = {"web": 250, "worker": 25}
BUDGET = 30  # seconds for each test; a slow machine tries fewer
LIMITS = {"web": 0.25, "worker": 1.0}  # seconds of processor time for one request
TICKS = os.sysconf("SC_CLK_TCK")
TRIES = 3  # the heartbeat or another test may disturb one of them
UNITS = [
    *(
        "a",
        "1",
        " ",
        ".",
        "a.",
        "😀",
        "😀\u200d",
        "\ufdfa",
        "㎏!",
        "Ⅷ.",
        "é",
        "e\u0301",
        "'s ",
        "x'",
        "試",
    ),
    *(
        "!",
        "! ? ",
        "@",
        "a@b.",
        "http://",
        "www.a ",
        "1,",
        "-",
        "--",
        '"',
        "\\",
        "\x0b",
        "\u2028",
        "a ",
    ),
    *(
        "[",
        "{",
        '"a":',
        "[],",
        "a=b&",
        "a&",
        ";",
        "%41",
        "%",
        "\r\n",
        "--b\r\n",
        "a,",
        ",",
        "\t",
        "1/1/",
    ),
]
TEXTS = 40  # of 5,000 characters, as many as one request may have


class Sent(NamedTuple):
    """A request of at most a megabyte."""

    what: str
    path: str
    content: bytes
    headers: dict[str, str]


def of_size(unit: str, size: int) -> str:
    """Return a unit repeated to this many bytes at most."""
    return unit * (size // len(unit.encode()))


def costly_bodies(generator: random.Random) -> Iterator[Sent]:
    """Yield bodies of a megabyte for the routes that read one, and long queries and headers."""
    form = "application/x-www-form-urlencoded"
    while True:
        unit = "".join(generator.choices(UNITS, k=generator.randint(1, 3)))
        path = generator.choice(["predictions", "corrections", "batches"])
        whole, start = of_size(unit, MEGABYTE), generator.choice(["", '{"text":"', '{"texts":['])
        kind = {"Content-Type": "application/json"}
        yield Sent(f"json {start}{unit!r}", f"/api/v1/{path}", f"{start}{whole}".encode(), kind)
        short = of_size(unit, 60_000 // 3)  # escaped, it has three times the bytes
        for fields in (f"text={quote_plus(short)}", of_size(unit, 64_000), whole):
            page = generator.choice(["/predict", "/corrections", "/sign-in", "/batches"])
            yield Sent(f"form {unit!r}", page, fields.encode(), {"Content-Type": form})
        name = generator.choice(["a.csv", "a.jsonl", "a.txt"])
        packed = gzip.compress(whole.encode() * generator.randint(1, 12), mtime=0)
        for file in (whole.encode(), packed[:MEGABYTE]):
            head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
            content = head.encode() + file + b"\r\n--b--\r\n"
            sent = {"Content-Type": "multipart/form-data; boundary=b"}
            yield Sent(f"file {unit!r} {name}", "/api/v1/batches", content, sent)
        line = quote_plus(of_size(unit, 1_200))[:3_500]
        yield Sent(f"query {unit!r}", f"/api/v1/corrections?{line}=&limit={line}", b"", {})
        odd = dict.fromkeys(("Cookie", "Accept", "Prefer", "If-None-Match", "Range"), line)
        yield Sent(f"headers {unit!r}", "/api/v1/batches", b"", odd)


def costly_texts(generator: random.Random) -> Iterator[Sent]:
    """Yield prediction requests of 200,000 characters."""
    units = iter(generator.sample(UNITS, len(UNITS)))
    while True:
        unit = next(units, "") or "".join(generator.choices(UNITS, k=2))
        text = (unit * 5_000)[:5_000].replace("\x00", " ")
        few = [(unit * 45)[:45]] * 216 + [text] * (TEXTS - 2)
        texts = generator.choice([[text] * TEXTS, few])
        content = json.dumps({"texts": texts}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Prefer": "wait=10"}
        yield Sent(f"texts of {unit!r}", "/api/v1/predictions", content, headers)


@pytest.mark.parametrize(
    ("part", "requests"), [("web", costly_bodies), ("worker", costly_texts)], ids=LIMITS
)
def test_no_request_costs_more_than_promised(
    stack: Stack, part: str, requests: Callable[[random.Random], Iterator[Sent]]
) -> None:
    """The test prints the costliest request."""
    generator = random.Random(14)  # noqa: S311 - the same requests each time
    until, pid, tried = time.monotonic() + BUDGET, stack.parts[part].pid, 0
    worst = (0.0, "")
    for sent in islice(requests(generator), REQUESTS[part]):
        spent = spending(stack, pid, sent, tried)
        for attempt in range(TRIES):
            if spent > LIMITS[part]:
                spent = min(spent, spending(stack, pid, sent, tried + attempt))
        worst = max(worst, (spent, sent.what))
        tried += 1
        if time.monotonic() > until:
            break
    print(f"the costliest of {tried} requests took the {part} {worst[0]:.2f} s: {worst[1]}")
    assert worst[0] <= LIMITS[part], worst
    assert tried > REQUESTS[part] / 4
    whole_again(stack)


def spending(stack: Stack, pid: int, sent: Sent, number: int) -> float:
    """Return the processor seconds of a part while it answers a request."""
    before = processor_seconds(pid)
    headers = {**attacker(number % 250), "Origin": stack.url, **sent.headers}
    with httpx.Client(base_url=stack.url, trust_env=False, timeout=30) as http:
        method = "POST" if sent.content else "GET"
        answer = http.request(method, sent.path, content=sent.content, headers=headers)
    assert answer.status_code < 500 or answer.status_code in {503, 507}, (answer, sent.what)
    return processor_seconds(pid) - before


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and its children so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    own = (int(fields[11]) + int(fields[12])) / TICKS  # in user mode and in the kernel
    return own + sum(processor_seconds(int(child)) for child in children)
