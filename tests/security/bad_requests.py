"""Generated requests that no well-behaved client sends, as bytes, for every route."""

import gzip
import random
from typing import NamedTuple
from urllib.parse import quote

ROUTES = [
    *(f"/api/v1/predictions{rest}" for rest in ("", "/ID")),
    *(f"/api/v1/corrections{rest}" for rest in ("", "/ID", "/export", "/review")),
    *(f"/api/v1/corrections/ID/{rest}" for rest in ("accept", "reject")),
    *(f"/api/v1/batches{rest}" for rest in ("", "/ID", "/ID/results", "/ID/summary")),
    *(f"/api/v1/models{rest}" for rest in ("", "/ID", "/ID/activate", "/rebuild")),
    *("/api/v1/clients/ID", "/api/v1/openapi.json", "/api", "/update", "/predict"),
    *("/", "/predictions/ID", "/corrections", "/corrections/review", "/corrections/review/decided"),
    *("/corrections/ID", "/corrections/ID/ID", "/corrections/ID/delete", "/corrections/ID/undo"),
    *("/batches", "/batches/ID", "/batches/ID/end", "/models", "/models/ID/back"),
    *("/sign-in", "/sign-out", "/static/ID", "/texts.js", "/ID"),
    *("/healthz", "/readyz", "/metrics", "/status"),
]
READING = ("/api/v1/predictions", "/api/v1/corrections", "/api/v1/corrections/review", "/update")
FORMS = (
    *("/", "/predict", "/corrections", "/corrections/ID/undo", "/corrections/ID/delete"),
    *("/corrections/review/decided", "/batches", "/sign-in"),
)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"]
JUNK = [
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\ufeff",
        "\u202e",
        "😀" * 50,
        "é",
        "'",
        '"',
        "\\",
        "%",
        "%00",
        "%ff",
    ),
    *("../../etc/passwd", "..\\..", "//", "{{7*7}}", "${jndi:x}", "' OR 1=1 --", "<script>", "\r"),
    *("0", "-1", "1e999", "9" * 400, "NaN", "null", "true", "[]", "{}", "a" * 3_000, "1" * 19),
    *(
        "=1+1",
        "text/html;q=9",
        "bytes=0-,0-",
        'W/"',
        "wait=" + "9" * 30,
        "wait=-1;wait=2",
        "*/*;q=x",
    ),
    *("application/json; charset=punycode", "multipart/form-data; boundary=", "gzip, gzip", "::1"),
]
HEADERS = [
    *(
        "Accept",
        "Accept-Encoding",
        "Accept-Language",
        "Authorization",
        "Content-Encoding",
        "Cookie",
    ),
    *("Content-Type", "If-Modified-Since", "If-None-Match", "Idempotency-Key", "Origin", "Prefer"),
    *("Range", "Referer", "Sec-Fetch-Site", "Script-Name", "Script_Name", "Transfer-Encoding"),
    *("X-Emojify-Key", "X-Forwarded-Host", "X-Forwarded-Proto", "X-HTTP-Method-Override"),
    *("X-Request-ID", "Upgrade", "Expect", "Host", "User-Agent", "Via", "Forwarded"),
]
# Parts of JSON, and what may stand where a value should.
JSON = [
    *(
        '{"text":',
        '{"texts":[',
        "[",
        "{",
        "]",
        "}",
        ",",
        ":",
        '"',
        "\\",
        '"label":',
        '"joy"',
        "1e9",
    ),
    *('"\\ud800"', "null", "NaN", "-", "\x00", "\xff", '"a"', '{"text":"a","label":"joy"}', "[[[["),
    *('"prediction_id":', '"client_id":', '"ids":[', "Infinity", "/**/", "True", "1" * 5_000),
]
FILE = [
    *(
        "a,b\n",
        '"',
        "\n",
        ";",
        "\t",
        "text",
        "1",
        '{"text":1}\n',
        "\x00",
        "é",
        "\x1f\x8b",
        "PK\x03\x04",
    ),
    *(
        "%PDF-1.4",
        "a" * 500,
        "\ufeff",
        '{"',
        "\x1b$B",
        '""',
        "\r",
        "😀",
        ",,,,",
        "sep=;\n",
        "1/1/1",
    ),
]


class BadRequest(NamedTuple):
    """One request. `broken`: its bytes are not HTTP, or end early; then it needs no answer."""

    kind: str
    content: bytes
    broken: bool = False

    @property
    def method(self) -> str:
        """The method, which decides whether an answer has a body."""
        return self.content.partition(b" ")[0].decode("latin-1")


def bad_requests(seed: int, count: int) -> list[BadRequest]:
    """Return requests of all kinds in a random order; the same for the same seed."""
    generator = random.Random(seed)  # noqa: S311 - not a secret
    kinds = [
        *(bad_json, bad_form, bad_upload, bad_id, bad_path, bad_method, bad_header, bad_header),
        *(bad_query, bad_bytes),
    ]
    return [generator.choice(kinds)(generator) for _ in range(count)]


def message(
    generator: random.Random,
    method: str,
    path: str,
    headers: dict[str, str] | None = None,
    body: bytes = b"",
) -> bytes:
    """Return a whole request. Its address is new, so that no rate limit answers for the server."""
    address = ".".join(str(generator.randint(1, 250)) for _ in range(4))
    sent = {"Host": "127.0.0.1", "X-Forwarded-For": address, "Content-Length": str(len(body))}
    lines = [f"{name}: {value}" for name, value in (sent | (headers or {})).items()]
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""])
    return head.encode("utf-8", "surrogatepass") + body


def junk(generator: random.Random) -> str:
    """Return one or two pieces of junk."""
    return "".join(generator.choices(JUNK, k=generator.randint(1, 2)))


def made_of(generator: random.Random, parts: list[str]) -> bytes:
    """Return up to forty of the parts as bytes, of which some are not UTF-8."""
    text = "".join(generator.choices(parts, k=generator.randint(0, 40)))
    return text.encode(generator.choice(["utf-8", "utf-8", "utf-16", "latin-1"]), "replace")


def bad_json(generator: random.Random) -> BadRequest:
    """Return a body that is hardly JSON."""
    headers = {"Content-Type": "application/json"}
    path, body = generator.choice(READING), made_of(generator, JSON)
    return BadRequest("json", message(generator, "POST", path, headers, body))


def bad_form(generator: random.Random) -> BadRequest:
    """Return a form with unexpected fields, some of them a hundred times."""
    fields = ["text", "label", "token", "reason", "id", "next", "file", junk(generator)]
    pairs = [
        f"{quote(generator.choice(fields))}={generator.choice([quote, str])(junk(generator))}"
        for _ in range(generator.randint(0, 8))
    ]
    body = "&".join(pairs * generator.choice([1, 1, 100]))[: 100 << 10].encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    path = generator.choice(FORMS).replace("ID", "abc")
    return BadRequest("form", message(generator, "POST", path, headers, body))


def bad_upload(generator: random.Random) -> BadRequest:
    """Return a multipart body whose parts, names, boundaries or compression are wrong."""
    content = made_of(generator, FILE)
    if generator.random() < 0.3:
        content = gzip.compress(content, mtime=0)[: -generator.randint(1, 12)]
    end = generator.choice([b"\r\n--b--\r\n", b"\r\n--b", b"", b"\r\n--c--\r\n"])
    name = generator.choice(["file", "file", "file", "encoding", "", junk(generator)])
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{junk(generator)}"\r\n'
    body = head.encode() + generator.choice([b"\r\n", b"\r\n", b"X\r\n\r\n", b""]) + content + end
    option = generator.choice(["encoding", "column", "header", "format"])
    path = generator.choice(
        ["/api/v1/batches", f"/api/v1/batches?{option}={quote(junk(generator))}"]
    )
    headers = {"Content-Type": "multipart/form-data; boundary=" + generator.choice("bbbc")}
    return BadRequest("upload", message(generator, "POST", path, headers, body))


def bad_id(generator: random.Random) -> BadRequest:
    """Return a request for something that cannot exist."""
    path = generator.choice(ROUTES).replace("ID", quote(junk(generator), safe="") or "x")
    return BadRequest("id", message(generator, generator.choice(METHODS[:6]), path))


def bad_path(generator: random.Random) -> BadRequest:
    """Return a path of odd characters and escapes."""
    path = quote(junk(generator), safe="/.%\\'\"{}[]:$<>?=&;") + quote(junk(generator))
    return BadRequest("path", message(generator, "GET", "/" + path.replace(" ", "%20")))


def bad_method(generator: random.Random) -> BadRequest:
    """Return a method that a route does not have."""
    path = generator.choice(ROUTES).replace("ID", "abc")
    return BadRequest("method", message(generator, generator.choice(METHODS), path))


def bad_header(generator: random.Random) -> BadRequest:
    """Return a request with up to three odd headers; some break the message."""
    names = generator.choices(HEADERS, k=generator.randint(1, 3))
    headers = {name: junk(generator) for name in names}
    path = generator.choice(ROUTES).replace("ID", "abc")
    sent = message(generator, generator.choice(["GET", "POST"]), path, headers, b'{"text":"a"}')
    return BadRequest("header", sent, broken=True)


def bad_query(generator: random.Random) -> BadRequest:
    """Return a query of odd values."""
    names = ["limit", "cursor", "state", "format", "delimiter", "label", "after", "q", "explain"]
    pairs = [
        f"{generator.choice(names)}={quote(junk(generator))}"
        for _ in range(generator.randint(1, 9))
    ]
    path = generator.choice(ROUTES).replace("ID", "abc")
    query = "&".join(pairs * generator.choice([1, 1, 20]))[:6_000]
    return BadRequest("query", message(generator, "GET", f"{path}?{query}"))


def bad_bytes(generator: random.Random) -> BadRequest:
    """Return a good request with bytes changed, lost or inserted."""
    body = b'{"text":"I am happy."}'
    headers = {"Content-Type": "application/json"}
    sent = bytearray(message(generator, "POST", "/api/v1/predictions", headers, body))
    for _ in range(generator.randint(1, 6)):
        at = generator.randrange(len(sent))
        sent[at : at + generator.randint(0, 3)] = generator.randbytes(generator.randint(0, 3))
    return BadRequest("bytes", bytes(sent), broken=True)
