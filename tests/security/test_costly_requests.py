"""Requests made to cost much keep nobody else from an answer."""

import gzip
import json

import httpx
import pytest

from support.bystander import Bystander, attacker, whole_again
from support.stack import Stack

ADDRESSES = 6
ANSWERS = {200, 202, 400, 403, 413, 422, 429, 503}
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UPLOAD = {"Content-Type": "multipart/form-data; boundary=b"}


def upload(content: bytes, name: str) -> bytes:
    """Return a form with one file."""
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n--b--\r\n"


def texts(unit: str) -> tuple[str, dict[str, str], bytes]:
    """Return a request for predictions of 200,000 characters, which waits for its answer."""
    content = json.dumps({"texts": [(unit * 5_000)[:5_000]] * 40}).encode()
    return "/api/v1/predictions", {**JSON, "Prefer": "wait=10"}, content


LONG_NAMES = b"".join(b'{"text":"a","%d%s":1}\n' % (n, b"n" * 900_000) for n in range(60))
ATTACKS = {
    "abbreviations": texts("a."),
    "emoji": texts("\N{GRINNING FACE}"),
    "signs of units": texts("\N{SQUARE KG}!"),
    "unknown names": (
        "/api/v1/predictions",
        JSON,
        ("{" + ",".join(f'"{n}":1' for n in range(260_000)) + "}").encode(),
    ),
    "form fields": ("/predict", FORM, b"a&" * 1_400_000),
    "long names in JSON Lines": ("/api/v1/batches", UPLOAD, upload(gzip.compress(LONG_NAMES), "a")),
    "punycode": ("/api/v1/batches?encoding=punycode", UPLOAD, upload(b"a" * 256_000, "a.csv")),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_costly_request_leaves_others_their_answers(stack: Stack, attack: str) -> None:
    """Six addresses send it, each after the answer to the one before (H1, H4, M1, M2)."""
    path, headers, content = ATTACKS[attack]
    with Bystander(stack) as bystander:
        for number in range(ADDRESSES):
            sent = {**attacker(number), **headers, "Origin": stack.url}
            try:
                answer = httpx.post(
                    stack.url + path, content=content, headers=sent, trust_env=False, timeout=30
                )
            except httpx.TransportError:
                continue  # the server closed before the whole body was sent
            assert answer.status_code in ANSWERS, answer.text
        bystander.until_asked()
    print(bystander.judge())
    whole_again(stack)
