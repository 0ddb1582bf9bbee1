"""A client that keeps asking while others attack, in its own process.

An attack in the test's process takes its interpreter lock, so a client there would measure
itself. This one prints a line of JSON for each request, and opens a connection for each, as a
new visitor does. `Bystander` in `support/bystander.py` starts it and judges its lines:

    python -m support.bystander_process PORT [ADDRESS]
"""

import http.client
import json
import sys
import threading
import time

EVERY = {"health": 0.025, "prediction": 0.4}  # seconds between two requests
TIMEOUT = 20.0  # seconds; longer than any answer that a test accepts
WAIT = 2  # seconds in which an answer must come
ACCEPTED = 202


def main() -> None:
    """Ask until the process is ended."""
    port = int(sys.argv[1])
    # The stack under attack trusts one proxy, so this header names the client's address.
    headers = {"X-Forwarded-For": sys.argv[2]} if sys.argv[2:] else {}
    for kind in EVERY:
        threading.Thread(target=keep_asking, args=(kind, port, headers)).start()


def keep_asking(kind: str, port: int, headers: dict[str, str]) -> None:
    """Ask one thing again and again; print status and seconds of each."""
    while True:
        moment, start = time.time(), time.monotonic()
        status = health(port, headers) if kind == "health" else prediction(port, headers)
        seconds = time.monotonic() - start
        sample = {"kind": kind, "moment": moment, "status": status, "seconds": seconds}
        sys.stdout.write(json.dumps(sample) + "\n")  # in one piece, because two threads write
        sys.stdout.flush()
        time.sleep(max(0, EVERY[kind] - seconds))  # it asks at a steady pace


def health(port: int, headers: dict[str, str]) -> int:
    """Return the status of one request for /healthz; 0 if nothing answered."""
    return ask(port, "GET", "/healthz", headers)[0]


def prediction(port: int, headers: dict[str, str]) -> int:
    """Return the status of one prediction; 202 if it was accepted, but not answered in time."""
    deadline = time.monotonic() + WAIT
    body = json.dumps({"text": "I cried all night."})
    sent = {**headers, "Prefer": f"wait={WAIT}", "Content-Type": "application/json"}
    status, answer = ask(port, "POST", "/api/v1/predictions", sent, body)
    while status == ACCEPTED and time.monotonic() < deadline:
        time.sleep(0.05)  # where the server has no waiting place free, it answers at once
        found, told = ask(port, "GET", answer["links"]["self"], {**headers, "Prefer": "wait=1"})
        if found != http.client.OK or told["state"] in {"succeeded", "failed", "expired"}:
            status = found
    return status


def ask(
    port: int, method: str, path: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, dict]:
    """Return status and body of one request; 0 if nothing answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, http.client.HTTPException):
        return 0, {}
    finally:
        connection.close()


if __name__ == "__main__":
    main()
