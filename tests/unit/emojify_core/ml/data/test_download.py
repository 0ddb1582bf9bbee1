"""Downloading a file: complete and correct, or not at all."""

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from emojify_core.errors import DataError
from emojify_core.ml.data.download import fetch
from support.file_server import FileServer, running_file_server

CONTENT = b"seven emotions" * 10_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def file_server() -> Iterator[FileServer]:
    """Serve the response that the test chooses."""
    with running_file_server() as server:
        yield server


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return the destination, in a folder that does not exist yet."""
    return tmp_path / "data" / "raw.pickle"


def names_beside(place: Path) -> list[str]:
    """Return the names of all files in the destination's folder."""
    return sorted(entry.name for entry in place.parent.iterdir())


def test_a_file_is_downloaded_completely(file_server: FileServer, place: Path) -> None:
    """It is at its destination, readable, with nothing beside it."""
    file_server.body = CONTENT
    assert fetch(file_server.url, place, SHA256)
    assert place.read_bytes() == CONTENT
    assert names_beside(place) == ["raw.pickle"]
    assert place.stat().st_mode & 0o777 == 0o644


def test_progress_is_reported(file_server: FileServer, place: Path) -> None:
    """A bar can show the bytes so far, and the total if the server announces it."""
    file_server.body = CONTENT
    calls: list[tuple[int, int | None]] = []
    fetch(file_server.url, place, SHA256, progress=lambda *call: calls.append(call))
    assert calls[-1] == (len(CONTENT), len(CONTENT))
    assert len(calls) > 1
    assert calls == sorted(calls)


def test_a_response_without_length_is_accepted(file_server: FileServer, place: Path) -> None:
    """The checksum shows whether it is complete."""
    file_server.body, file_server.announced = CONTENT, -1
    calls: list[tuple[int, int | None]] = []
    assert fetch(file_server.url, place, SHA256, progress=lambda *call: calls.append(call))
    assert calls[-1] == (len(CONTENT), None)


def test_an_existing_file_is_not_downloaded_again(file_server: FileServer, place: Path) -> None:
    """Running the command again costs nothing and works offline."""
    file_server.body = CONTENT
    fetch(file_server.url, place, SHA256)
    assert not fetch(file_server.url, place, SHA256)
    assert file_server.requests == 1


def test_a_damaged_file_is_replaced(file_server: FileServer, place: Path) -> None:
    """Running the command again repairs it."""
    place.parent.mkdir()
    place.write_bytes(CONTENT[:-1])
    file_server.body = CONTENT
    assert fetch(file_server.url, place, SHA256)
    assert place.read_bytes() == CONTENT


def test_wrong_content_is_discarded(file_server: FileServer, place: Path) -> None:
    """A login page never becomes the data set; the previous file stays."""
    place.parent.mkdir()
    place.write_bytes(b"older")
    file_server.body = b"<html>log in first</html>"
    with pytest.raises(DataError, match=r"not send the expected file.*Try again later"):
        fetch(file_server.url, place, SHA256)
    assert place.read_bytes() == b"older"
    assert names_beside(place) == ["raw.pickle"]


def test_a_lost_connection_leaves_nothing(file_server: FileServer, place: Path) -> None:
    """A partial file is deleted."""
    file_server.body, file_server.announced = CONTENT[:1000], len(CONTENT)
    with pytest.raises(DataError, match="connection was lost"):
        fetch(file_server.url, place, SHA256)
    assert names_beside(place) == []


def test_a_404_response_is_reported(file_server: FileServer, place: Path) -> None:
    """The message has the server's reason and where to put a copy."""
    file_server.status = 404
    with pytest.raises(DataError, match=r"answered 404 Not Found.*copy it to .*raw\.pickle"):
        fetch(file_server.url, place, SHA256)
    assert names_beside(place) == []


def test_no_network_says_what_to_do(place: Path) -> None:
    """Offline, the message suggests copying the file by hand."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(DataError, match=r"no connection.*by hand"):
        fetch(f"http://127.0.0.1:{port}/", place, SHA256)
    assert names_beside(place) == []


def test_a_silent_server_times_out(file_server: FileServer, place: Path) -> None:
    """The command ends without Ctrl-C."""
    file_server.silent = True
    with pytest.raises(DataError, match="silent for too long"):
        fetch(file_server.url, place, SHA256, timeout=0.1)
    assert names_beside(place) == []


def test_a_slow_server_times_out(file_server: FileServer, place: Path) -> None:
    """A steady trickle ends at the deadline."""
    file_server.body = CONTENT
    with pytest.raises(DataError, match="too slow"):
        fetch(file_server.url, place, SHA256, deadline=0)
    assert names_beside(place) == []


def test_a_download_is_limited_in_size(file_server: FileServer, place: Path) -> None:
    """A server cannot fill the disk."""
    file_server.body = CONTENT
    with pytest.raises(DataError, match="more than 1,000 bytes"):
        fetch(file_server.url, place, SHA256, limit=1_000)
    assert names_beside(place) == []


def test_circular_redirects_end(file_server: FileServer, place: Path) -> None:
    """The message distinguishes a misconfigured server from a broken network."""
    file_server.status, file_server.headers = 302, {"Location": "/again"}
    with pytest.raises(DataError, match="circles"):
        fetch(file_server.url, place, SHA256)
    assert names_beside(place) == []


@pytest.mark.parametrize("url", ["", "ftp://127.0.0.1/x", "http://[", "raw.pickle"])
def test_an_invalid_url_is_refused(url: str, place: Path) -> None:
    """A typing error gives a clear message."""
    with pytest.raises(DataError, match="could not be downloaded"):
        fetch(url, place, SHA256)


def test_a_folder_that_cannot_be_created_is_named(file_server: FileServer, tmp_path: Path) -> None:
    """The message suggests another place."""
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"Choose a|choose another"):
        fetch(file_server.url, tmp_path / "file" / "raw.pickle", SHA256)
    with pytest.raises(DataError, match="choose another"):
        fetch(file_server.url, tmp_path, SHA256)


def test_an_interruption_leaves_nothing(file_server: FileServer, place: Path) -> None:
    """Ctrl-C in the middle needs no cleanup."""
    file_server.body = CONTENT

    def press_ctrl_c(_received: int, _total: int | None) -> None:
        assert len(names_beside(place)) == 1  # the temporary file
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(file_server.url, place, SHA256, progress=press_ctrl_c)
    assert names_beside(place) == []


def test_downloads_leave_no_open_files(file_server: FileServer, place: Path) -> None:
    """A program can download any number of times."""
    file_server.body = CONTENT
    fetch(file_server.url, place, SHA256)
    before = len(list(Path("/dev/fd").iterdir()))
    place.unlink()
    fetch(file_server.url, place, SHA256)
    assert len(list(Path("/dev/fd").iterdir())) == before
