"""Uploads and downloads over connections that break."""

import io
import os
from pathlib import Path

import pytest

from emojify_core.client import Emojify
from emojify_core.errors import BatchFailedError, DataError, ServerUnavailableError
from emojify_core.messages import State
from support.api_server import ApiServer, Reply

CONTENT = os.urandom(1_000_000)
CSV = {"Content-Type": "text/csv"}
BATCH = {
    "id": "b1", "state": "running", "name": "a.csv", "column": "text", "rows": 10, "done": 4,
    "failed": 0, "rate": 2.0, "eta_seconds": 3.0, "model_version": 1, "links": {},
}  # fmt: skip


def test_broken_download_starts_again(
    api: ApiServer, emojify: Emojify, tmp_path: Path, pauses: list[float]
) -> None:
    """The server writes results while it sends them, so a download cannot resume."""
    breaks = iter([100_000, 900_000])
    api.answer = lambda _: Reply(CONTENT, 200, CSV, broken=next(breaks, None))
    seen: list[int] = []
    out = tmp_path / "new" / "out.csv"
    emojify.download("b1", out, progress=lambda done, _: seen.append(done))
    assert out.read_bytes() == CONTENT
    assert [path.name for path in out.parent.iterdir()] == ["out.csv"]
    assert len(api.requests) == 3
    assert len(pauses) == 2
    assert seen[-1] == len(CONTENT)


def test_failed_download_leaves_no_file(api: ApiServer, emojify: Emojify, tmp_path: Path) -> None:
    """No partial file remains, and an earlier file is kept."""
    out = tmp_path / "out.csv"
    out.write_text("an earlier result")
    api.answer = lambda _: Reply(CONTENT, 200, CSV, broken=400_000)
    with pytest.raises(ServerUnavailableError, match="the connection broke"):
        emojify.download("b1", out)
    assert out.read_text() == "an earlier result"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_download_to_a_stream(api: ApiServer, emojify: Emojify) -> None:
    """Standard output is a possible target."""
    api.answer = lambda _: Reply(CONTENT, 200, CSV)
    target = io.BytesIO()
    emojify.download("b1", target, "jsonl")
    assert target.getvalue() == CONTENT
    assert api.requests[0].path == "/api/v1/batches/b1/results?format=jsonl"


def test_unwritable_destination_is_refused(
    api: ApiServer, emojify: Emojify, tmp_path: Path
) -> None:
    """The error says what to do."""
    api.answer = lambda _: Reply(CONTENT, 200, CSV)
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="Choose a folder"):
        emojify.download("b1", tmp_path / "file" / "out.csv")


def test_upload_sends_the_file_unchanged(api: ApiServer, emojify: Emojify, tmp_path: Path) -> None:
    """The query carries name and options; the body carries the bytes in blocks."""
    path = tmp_path / "my survey.csv"
    path.write_bytes(CONTENT)
    api.answer = lambda _: Reply(BATCH, 202)
    seen: list[tuple[int, int | None]] = []
    batch = emojify.submit(path, column="an answer", progress=lambda *figures: seen.append(figures))
    assert (batch.id, batch.state, batch.column) == ("b1", State.RUNNING, "text")
    request = api.requests[0]
    assert request.body == CONTENT
    assert request.headers["Content-Length"] == str(len(CONTENT))
    assert request.path == "/api/v1/batches?name=my+survey.csv&column=an+answer"
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    with pytest.raises(DataError, match="cannot be read"):
        emojify.submit(tmp_path / "nothing.csv")


def test_file_name_that_is_not_utf_8_is_sent(
    api: ApiServer, emojify: Emojify, tmp_path: Path
) -> None:
    """File names are bytes; a question mark replaces an invalid one."""
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    path.write_bytes(b"text\nfine words\n")
    api.answer = lambda _: Reply(BATCH, 202)
    emojify.submit(path)
    assert api.requests[0].path == "/api/v1/batches?name=caf%3F.csv"


def test_wait_reports_progress_until_the_end(api: ApiServer, emojify: Emojify) -> None:
    """An end without results raises an error."""
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
