"""`python -m emojify_core.runtime.http_probe PORT PATH`: a health check over HTTP."""

import http.client
import sys


def main() -> int:
    """Return 0 if the path answers with status 200."""
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=3)
    try:
        connection.request("GET", sys.argv[2])
        status = connection.getresponse().status
    except OSError as e:
        print(f"no answer: {e}")  # noqa: T201
        return 1
    print(status)  # noqa: T201
    return 0 if status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
