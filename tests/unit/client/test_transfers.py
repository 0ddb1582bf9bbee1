"""Files to a server and back, over connections that break."""

import io
import os
from pathlib import Path

import pytest

from emojify_core.client import Emojify
from emojify_core.errors import BatchFailedError, DataError, ServerUnavailableError
from emojify_core.messages import State
from support.api_server import ApiServer, Asked, Reply

CONTENT = os.urandom(1_000_000)
CSV = {"Content-Type": "text/csv"}
BATCH = {
    "id": "b1", "state": "running", "name": "a.csv", "column": "text", "rows": 10, "done": 4,
    "failed": 0, "rate": 2.0, "eta_seconds": 3.0, "model_version": 1, "links": {},
}  # fmt: skip


def ranged(asked: Asked, *, broken: int | None = None) -> Reply:
    """Answer as a server that can send the rest of a file."""
    begin = int(asked.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
    status = 206 if begin else 200
    return Reply(CONTENT[begin:], status, CSV, broken=broken)


def test_a_download_goes_on_where_it_broke(
    api: ApiServer, emojify: Emojify, tmp_path: Path
) -> None:
    """Ten breaks in a row, each after some more bytes: the file is whole and right."""
    breaks = iter([100_000] * 9)
    api.answer = lambda asked: ranged(asked, broken=next(breaks, None))
    seen: list[int] = []
    out = tmp_path / "new" / "out.csv"
    emojify.download("b1", out, progress=lambda done, _: seen.append(done))
    assert out.read_bytes() == CONTENT
    assert [path.name for path in out.parent.iterdir()] == ["out.csv"]
    assert len(api.asked) == 10
    assert seen[-1] == len(CONTENT)


def test_a_later_call_goes_on_too(api: ApiServer, emojify: Emojify, tmp_path: Path) -> None:
    """What came is not fetched again tomorrow."""
    out = tmp_path / "out.csv"
    first = iter([ranged(Asked("", "", {}, b""), broken=400_000)])
    api.answer = lambda _: next(first, None)
    with pytest.raises(ServerUnavailableError):
        emojify.download("b1", out)
    assert not out.exists()
    api.asked.clear()
    api.answer = ranged
    emojify.download("b1", out)
    assert out.read_bytes() == CONTENT
    begin = int(api.asked[0].headers["Range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < begin <= 400_000


def test_a_server_that_knows_no_ranges_sends_all(
    api: ApiServer, emojify: Emojify, tmp_path: Path
) -> None:
    """Nothing is doubled."""
    breaks = iter([100_000])
    api.answer = lambda _: Reply(CONTENT, 200, CSV, broken=next(breaks, None))
    emojify.download("b1", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == CONTENT


def test_a_download_into_a_stream(api: ApiServer, emojify: Emojify) -> None:
    """Standard output is a target too."""
    api.answer = ranged
    target = io.BytesIO()
    emojify.download("b1", target, "jsonl")
    assert target.getvalue() == CONTENT
    assert api.asked[0].path == "/api/v1/batches/b1/results?format=jsonl"


def test_a_place_that_cannot_be_written_is_told(
    api: ApiServer, emojify: Emojify, tmp_path: Path
) -> None:
    """In a sentence with what to do."""
    api.answer = ranged
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="Choose a folder"):
        emojify.download("b1", tmp_path / "file" / "out.csv")


def test_a_file_is_sent_as_it_is(api: ApiServer, emojify: Emojify, tmp_path: Path) -> None:
    """Name and options in the address, the bytes as the body, in blocks."""
    path = tmp_path / "my survey.csv"
    path.write_bytes(CONTENT)
    api.answer = lambda _: Reply(BATCH, 202)
    seen: list[tuple[int, int | None]] = []
    batch = emojify.submit(path, column="an answer", progress=lambda *figures: seen.append(figures))
    assert (batch.id, batch.state, batch.column) == ("b1", State.RUNNING, "text")
    asked = api.asked[0]
    assert asked.body == CONTENT
    assert asked.headers["Content-Length"] == str(len(CONTENT))
    assert asked.path == "/api/v1/batches?name=my+survey.csv&column=an+answer"
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    with pytest.raises(DataError, match="cannot be read"):
        emojify.submit(tmp_path / "nothing.csv")


def test_a_batch_is_waited_for(api: ApiServer, emojify: Emojify) -> None:
    """Its progress is seen on the way, and an end without results is an error."""
    replies = iter([BATCH, BATCH | {"done": 8}, BATCH | {"done": 10, "state": "succeeded"}])
    api.answer = lambda _: Reply(next(replies))
    seen: list[int] = []
    assert emojify.wait("b1", lambda batch: seen.append(batch.done)).over
    assert seen == [4, 8, 10]
    failed = {"state": "failed", "error": {"code": "x", "message": "Row 7 is odd."}}
    api.answer = lambda _: Reply(BATCH | failed)
    with pytest.raises(BatchFailedError, match=r"b1 has no results\. Row 7 is odd\."):
        emojify.wait("b1")
    api.answer = lambda _: Reply(BATCH | {"state": "cancelled"})
    with pytest.raises(BatchFailedError, match="cancelled"):
        emojify.wait("b1")
