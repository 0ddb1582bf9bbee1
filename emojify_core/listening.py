"""`python -m emojify_core.listening PORT`: whether something answers there, for health checks."""

import http.client
import sys


def main() -> int:
    """Return 0 if `/healthz` of this port answers 200 or, at Flower's, asks who we are."""
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=3)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except OSError as e:
        print(f"nothing answers: {e}")  # noqa: T201
        return 1
    print(status)  # noqa: T201
    return 0 if status in {http.client.OK, http.client.UNAUTHORIZED} else 1


if __name__ == "__main__":
    sys.exit(main())
