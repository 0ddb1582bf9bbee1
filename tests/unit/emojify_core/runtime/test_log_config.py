"""Log lines: one an event, readable by people or by machines, and never with a user's text."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from emojify_core.runtime.log_config import configure_logging

TEXT = "We danced all night in Ouagadougou!"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave logging as pytest had set it up."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def fail_with(text: str) -> None:
    """Break while a text is at hand, as a bug would."""
    log = structlog.get_logger("test")
    try:
        _ = len(text) / 0
    except ZeroDivisionError as e:
        log.error("request failed", path="/", exc_info=e)  # noqa: TRY400  (as problems.py does)


def test_a_line_for_people_names_level_event_and_facts(capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody who watches the local run understands it."""
    configure_logging(json=False)
    structlog.get_logger("web.request").info("request", status=200, path="/")
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "info" in line
    assert "request" in line
    assert "status=200" in line
    assert "\x1b" not in line, "no colours in a file"


def test_a_client_s_path_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Any web page can have a visitor's browser ask for a path, and its line may be on a screen."""
    configure_logging(json=False)
    path = "/\x1b]0;mine\x07\x85[error]é\u2028x"
    structlog.get_logger("web.request").info("request", path=path)
    line = capsys.readouterr().err
    assert line.removesuffix("\n").isprintable()
    assert r"path=/\x1b]0;mine\x07\x85[error]é\u2028x" in line


def test_a_line_for_machines_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """A log collector needs no pattern."""
    configure_logging(json=True)
    structlog.get_logger("web.request").info("request", status=200, path="/é\n\u2028")
    logging.getLogger("celery.worker").warning("lost %s", "connection")
    ours, theirs = map(json.loads, capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["status"], ours["path"]) == ("request", 200, "/é\n\u2028")
    assert (ours["level"], theirs["logger"]) == ("info", "celery.worker")
    assert theirs["event"] == "lost connection"
    assert theirs["level"] == "warning"
    assert ours["timestamp"].endswith("Z")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_stack_trace_shows_the_place_but_not_the_text(
    capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    """We find our bug, and what the person wrote stays theirs."""
    configure_logging(json=as_json)
    fail_with(TEXT)
    written = capsys.readouterr().err
    assert "ZeroDivisionError" in written
    assert "fail_with" in written
    assert "Ouagadougou" not in written


def test_what_is_below_info_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    """Libraries' details would hide what matters."""
    configure_logging(json=False)
    structlog.get_logger("test").debug("detail")
    logging.getLogger("kombu").debug("detail")
    assert capsys.readouterr().err == ""
