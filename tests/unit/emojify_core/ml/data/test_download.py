"""Getting a file from the internet: whole and right, or not at all."""

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from emojify_core.errors import DataError
from emojify_core.ml.data.download import fetch
from support.file_server import FileServer, running_file_server

CONTENT = b"seven emotions" * 10_000
SUM = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def file_server() -> Iterator[FileServer]:
    """Serve one answer, which the test chooses."""
    with running_file_server() as server:
        yield server


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the file is to lie, in a folder that is not there yet."""
    return tmp_path / "data" / "raw.pickle"


def left(place: Path) -> list[str]:
    """Return the names of all that is in the folder."""
    return sorted(entry.name for entry in place.parent.iterdir())


def test_a_file_arrives_whole(file_server: FileServer, place: Path) -> None:
    """It lies where it should, readable, with nothing beside it."""
    file_server.body = CONTENT
    assert fetch(file_server.url, place, SUM)
    assert place.read_bytes() == CONTENT
    assert left(place) == ["raw.pickle"]
    assert place.stat().st_mode & 0o777 == 0o644


def test_progress_is_told_as_it_comes(file_server: FileServer, place: Path) -> None:
    """A bar can be drawn: bytes so far, and the total when the server says it."""
    file_server.body = CONTENT
    calls: list[tuple[int, int | None]] = []
    fetch(file_server.url, place, SUM, progress=lambda *call: calls.append(call))
    assert calls[-1] == (len(CONTENT), len(CONTENT))
    assert len(calls) > 1
    assert calls == sorted(calls)


def test_a_server_that_tells_no_length_is_fine(file_server: FileServer, place: Path) -> None:
    """The sum decides whether it was all."""
    file_server.body, file_server.announced = CONTENT, -1
    calls: list[tuple[int, int | None]] = []
    assert fetch(file_server.url, place, SUM, progress=lambda *call: calls.append(call))
    assert calls[-1] == (len(CONTENT), None)


def test_a_file_that_is_there_is_not_fetched_again(file_server: FileServer, place: Path) -> None:
    """Running the command twice costs nothing, and works offline."""
    file_server.body = CONTENT
    fetch(file_server.url, place, SUM)
    assert not fetch(file_server.url, place, SUM)
    assert file_server.requests == 1


def test_a_damaged_file_is_replaced(file_server: FileServer, place: Path) -> None:
    """Running the command again mends it."""
    place.parent.mkdir()
    place.write_bytes(CONTENT[:-1])
    file_server.body = CONTENT
    assert fetch(file_server.url, place, SUM)
    assert place.read_bytes() == CONTENT


def test_wrong_content_is_thrown_away(file_server: FileServer, place: Path) -> None:
    """A page that says 'log in first' never becomes the data set; what was there stays."""
    place.parent.mkdir()
    place.write_bytes(b"older")
    file_server.body = b"<html>log in first</html>"
    with pytest.raises(DataError, match=r"not the expected file.*Try again later"):
        fetch(file_server.url, place, SUM)
    assert place.read_bytes() == b"older"
    assert left(place) == ["raw.pickle"]


def test_a_connection_that_breaks_off_leaves_nothing(file_server: FileServer, place: Path) -> None:
    """Half a file is no file."""
    file_server.body, file_server.announced = CONTENT[:1000], len(CONTENT)
    with pytest.raises(DataError, match="broke off"):
        fetch(file_server.url, place, SUM)
    assert left(place) == []


def test_an_answer_of_404_says_so(file_server: FileServer, place: Path) -> None:
    """The sentence has the server's own words and where to put a copy."""
    file_server.status = 404
    with pytest.raises(DataError, match=r"answered 404 Not Found.*copy it to .*raw\.pickle"):
        fetch(file_server.url, place, SUM)
    assert left(place) == []


def test_no_network_says_what_to_do(place: Path) -> None:
    """Offline, the way out is to copy the file by hand."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(DataError, match=r"no connection.*by hand"):
        fetch(f"http://127.0.0.1:{port}/", place, SUM)
    assert left(place) == []


def test_a_silent_server_is_given_up_on(file_server: FileServer, place: Path) -> None:
    """The command ends by itself."""
    file_server.silent = True
    with pytest.raises(DataError, match="silent for too long"):
        fetch(file_server.url, place, SUM, timeout=0.1)
    assert left(place) == []


def test_a_server_that_trickles_is_given_up_on(file_server: FileServer, place: Path) -> None:
    """Steady but endless is not good enough either."""
    file_server.body = CONTENT
    with pytest.raises(DataError, match="too slow"):
        fetch(file_server.url, place, SUM, deadline=0)
    assert left(place) == []


def test_a_flood_is_cut_off(file_server: FileServer, place: Path) -> None:
    """Nobody can fill the disk."""
    file_server.body = CONTENT
    with pytest.raises(DataError, match="more than 1,000 bytes"):
        fetch(file_server.url, place, SUM, limit=1_000)
    assert left(place) == []


def test_a_redirection_in_circles_ends(file_server: FileServer, place: Path) -> None:
    """Misconfigured servers are told apart from a broken network."""
    file_server.status, file_server.headers = 302, {"Location": "/again"}
    with pytest.raises(DataError, match="circles"):
        fetch(file_server.url, place, SUM)
    assert left(place) == []


@pytest.mark.parametrize("url", ["", "ftp://127.0.0.1/x", "http://[", "raw.pickle"])
def test_an_address_that_is_none_is_refused(url: str, place: Path) -> None:
    """A typing mistake gives a sentence."""
    with pytest.raises(DataError, match="could not be fetched"):
        fetch(url, place, SUM)


def test_a_folder_that_cannot_be_made_is_named(file_server: FileServer, tmp_path: Path) -> None:
    """The sentence says to choose another place."""
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"Choose a|choose another"):
        fetch(file_server.url, tmp_path / "file" / "raw.pickle", SUM)
    with pytest.raises(DataError, match="choose another"):
        fetch(file_server.url, tmp_path, SUM)


def test_an_interruption_leaves_nothing(file_server: FileServer, place: Path) -> None:
    """Ctrl-C in the middle needs no cleaning up."""
    file_server.body = CONTENT

    def press_ctrl_c(_received: int, _total: int | None) -> None:
        assert len(left(place)) == 1  # the temporary file
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(file_server.url, place, SUM, progress=press_ctrl_c)
    assert left(place) == []


def test_open_files_do_not_pile_up(file_server: FileServer, place: Path) -> None:
    """A program that fetches often runs as long as any other."""
    file_server.body = CONTENT
    fetch(file_server.url, place, SUM)
    before = len(list(Path("/dev/fd").iterdir()))
    place.unlink()
    fetch(file_server.url, place, SUM)
    assert len(list(Path("/dev/fd").iterdir())) == before
