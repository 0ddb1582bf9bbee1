"""Log lines: one for each event, for people or for machines, without users' texts."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from emojify_core.runtime.log_config import configure_logging

TEXT = "We danced all night in Ouagadougou!"


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    """Restore pytest's logging."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def fail_with(text: str) -> None:
    """Fail in a function that holds a text."""
    log = structlog.get_logger("test")
    try:
        _ = len(text) / 0
    except ZeroDivisionError as e:
        log.error("request failed", path="/", exc_info=e)  # noqa: TRY400  (as problems.py does)


def test_plain_line_has_level_event_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    """People read it in the local run."""
    configure_logging(json=False)
    structlog.get_logger("web.request").info("request", status=200, path="/")
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "info" in line
    assert "request" in line
    assert "status=200" in line
    assert "\x1b" not in line, "no colors in a file"


def test_path_of_a_request_cannot_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Any web page can make a browser request a path, and a terminal may show the log."""
    configure_logging(json=False)
    path = "/\x1b]0;mine\x07\x85[error]é\u2028x"
    structlog.get_logger("web.request").info("request", path=path)
    line = capsys.readouterr().err
    assert line.removesuffix("\n").isprintable()
    assert r"path=/\x1b]0;mine\x07\x85[error]é\u2028x" in line


def test_json_line_is_valid_json(capsys: pytest.CaptureFixture[str]) -> None:
    """A log collector needs no pattern to parse it."""
    configure_logging(json=True)
    structlog.get_logger("web.request").info("request", status=200, path="/é\n\u2028")
    logging.getLogger("celery.worker").warning("lost %s", "connection")
    ours, celery = map(json.loads, capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["status"], ours["path"]) == ("request", 200, "/é\n\u2028")
    assert (ours["level"], celery["logger"]) == ("info", "celery.worker")
    assert celery["event"] == "lost connection"
    assert celery["level"] == "warning"
    assert ours["timestamp"].endswith("Z")


@pytest.mark.parametrize("as_json", [True, False])
def test_traceback_shows_no_local_variables(
    capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    """It names the function, but does not show the user's text."""
    configure_logging(json=as_json)
    fail_with(TEXT)
    written = capsys.readouterr().err
    assert "ZeroDivisionError" in written
    assert "fail_with" in written
    assert "Ouagadougou" not in written


def test_debug_events_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """Details of libraries would hide important events."""
    configure_logging(json=False)
    structlog.get_logger("test").debug("detail")
    logging.getLogger("kombu").debug("detail")
    assert capsys.readouterr().err == ""
