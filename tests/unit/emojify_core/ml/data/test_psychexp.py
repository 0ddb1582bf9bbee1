"""Reading PsychExp: only the genuine file."""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emojify_core.errors import DataError
from emojify_core.ml.data import psychexp
from emojify_core.ml.data.psychexp import find_psychexp, load_psychexp, parse, read_pickle


def old_pickle(value: object) -> bytes:
    """Pickle like an old numpy: the same arrays under the module's former name."""
    content = pickle.dumps(value, protocol=3)
    return content.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def raw_dict(rows: int = psychexp.ROWS) -> dict[str, Any]:
    """Return a dict with the file's layout and made-up texts."""
    labels = np.eye(7)
    order = list(range(rows))
    return {
        "texts": [f"text {row}" for row in order],
        "info": [{"label": labels[row % 7]} for row in order],
        "train_ind": order[:900],
        "val_ind": order[900:1000],
        "test_ind": order[1000:],
    }


class TouchesAFile:
    """An attacker's object: unpickling it runs a command."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch '{self.path}'",)


def test_the_genuine_file_has_its_known_counts(psychexp_path: Path) -> None:
    """It has 7,480 texts, seven classes in LABELS order, and its own split."""
    data = load_psychexp(psychexp_path)
    assert len(data.texts) == 7_480
    assert np.bincount(data.labels).tolist() == [1084, 1078, 1080, 1079, 1057, 1045, 1057]
    assert data.labels.dtype == np.int64
    assert [len(data.train), len(data.validation), len(data.test)] == [900, 100, 6_480]
    assert data.texts[1] == "When I was involved in a traffic accident."


def test_a_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    """The message names the command."""
    with pytest.raises(DataError, match=r"no PsychExp file.*`emojify data fetch`"):
        load_psychexp(tmp_path / "raw.pickle")


def test_a_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    """A path that is not a file gives a clear message."""
    with pytest.raises(DataError, match=r"cannot be read.*`emojify data fetch`"):
        load_psychexp(tmp_path)


def test_a_truncated_file_is_recognised(tmp_path: Path, psychexp_path: Path) -> None:
    """The message reports an interrupted copy."""
    path = tmp_path / "raw.pickle"
    path.write_bytes(psychexp_path.read_bytes()[:-1])
    with pytest.raises(DataError, match=r"truncated.*3,342,591.*`emojify data fetch`"):
        load_psychexp(path)


@pytest.mark.parametrize("extra", [b"", b"."])
def test_another_file_is_never_unpickled(tmp_path: Path, extra: bytes) -> None:
    """A file with another checksum is refused unread, whatever its size."""
    trace = tmp_path / "trace"
    evil = pickle.dumps(TouchesAFile(trace))
    path = tmp_path / "raw.pickle"
    path.write_bytes(evil + bytes(psychexp.SIZE - len(evil)) + extra)
    with pytest.raises(DataError, match=r"SHA-256 differs.*`emojify data fetch`"):
        load_psychexp(path)
    assert not trace.exists()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_would_run_a_command_is_refused(tmp_path: Path, protocol: int) -> None:
    """Even with a matching checksum, no pickle could run code."""
    trace = tmp_path / "trace"
    evil = pickle.dumps({"texts": [TouchesAFile(trace)]}, protocol=protocol)
    with pytest.raises(DataError, match=r"asks for \w+\.system.*refused"):
        read_pickle(evil)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("builtins", "eval"),
        ("numpy", "load"),
        ("numpy.core.multiarray", "scalar"),
        ("numpy", "ndarray.tofile"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("emojify_core.ml.data.psychexp", "load_psychexp"),
    ],
)
def test_only_three_globals_of_numpy_are_allowed(module: str, name: str) -> None:
    """The allowlist has exact names, no modules and no attributes of allowed names."""
    with pytest.raises(DataError, match="refused"):
        read_pickle(f"c{module}\n{name}\n.".encode())


def test_arrays_of_an_old_numpy_are_read() -> None:
    """The genuine file's content loads."""
    value = {"label": np.arange(7.0)}
    assert read_pickle(old_pickle(value))["label"].tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_a_pickle_truncated_anywhere_is_a_data_error() -> None:
    """Damage never raises an unexpected exception."""
    whole = old_pickle({"texts": ["a", "b"], "info": [np.eye(2)]})
    for end in range(len(whole)):
        with pytest.raises(DataError, match="damaged"):
            read_pickle(whole[:end])


def test_a_correct_layout_becomes_arrays() -> None:
    """One-hot vectors become positions in LABELS."""
    data = parse(raw_dict())
    assert data.labels[:8].tolist() == [0, 1, 2, 3, 4, 5, 6, 0]
    assert data.test[0] == 1_000


@pytest.mark.parametrize(
    "change",
    [
        {"texts": ["too few"]},
        {"texts": [b"bytes"] * psychexp.ROWS},
        {"info": [{"label": np.zeros(7)}] * psychexp.ROWS},
        {"info": [{"label": np.full(7, 1 / 7)}] * psychexp.ROWS},
        {"info": [{"label": np.eye(6)[0]}] * psychexp.ROWS},
        {"info": [{}] * psychexp.ROWS},
        {"info": 3},
        {"train_ind": list(range(1, 901))},
        {"val_ind": []},
        {"test_ind": ["a"]},
    ],
)
def test_an_unexpected_layout_is_refused(change: dict[str, Any]) -> None:
    """No text is ever trained with another text's label."""
    with pytest.raises(DataError, match="not PsychExp's"):
        parse(raw_dict() | change)


def test_a_pickle_of_another_type_is_refused() -> None:
    """The message says that the layout is wrong."""
    with pytest.raises(DataError, match="layout"):
        parse(["texts"])


def test_the_configured_path_has_priority(tmp_path: Path) -> None:
    """EMOJIFY_PSYCHEXP overrides the data folder; without either there is no file."""
    named, fetched = tmp_path / "mine.pickle", psychexp.default_path(tmp_path)
    assert find_psychexp(None, tmp_path) is None
    fetched.parent.mkdir(parents=True)
    fetched.touch()
    assert find_psychexp(None, tmp_path) == fetched == tmp_path / "data/psychexp/raw.pickle"
    named.touch()
    assert find_psychexp(named, tmp_path) == named


def test_a_configured_path_without_a_file_is_an_error(tmp_path: Path) -> None:
    """A typing error in the setting never trains on other data silently."""
    with pytest.raises(DataError, match=r"EMOJIFY_PSYCHEXP names .*typo"):
        find_psychexp(tmp_path / "typo", tmp_path)
