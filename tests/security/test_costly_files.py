"""Files made to cost much keep nobody else from an answer."""

import httpx
import pytest

from support.bystander import Bystander, attacker, whole_again
from support.stack import Stack

REQUESTS = 200
FILES = {
    "digits": b"text,n\nhello," + b"1" * 3_000 + b"x\n",
    "digits and spaces": b"text,n\nhello," + b"1 " * 1_500 + b"x\n",
    "a date that does not end": b"text,n\nhello," + b"1/" * 1_500 + b"\n",
    "quotes": b'text,n\n"' + b'"",' * 1_000 + b"\n",
    "separators": b",;\t|" * 750 + b"\n",
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
def test_a_small_file_costs_little(stack: Stack, content: bytes) -> None:
    """Three such files of 3 KB once hung the web for a minute (C1)."""
    form = {"Origin": stack.url, **attacker()}
    with Bystander(stack) as bystander, httpx.Client(trust_env=False, timeout=30) as http:
        for _ in range(REQUESTS // len(FILES)):
            answer = http.post(
                f"{stack.url}/api/v1/batches", files={"file": ("a.csv", content)}, headers=form
            )
            assert answer.status_code in {202, 413, 422, 429}, answer.text
        bystander.until_asked()
    print(bystander.judge())
    whole_again(stack)
