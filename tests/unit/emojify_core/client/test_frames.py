"""Frames go in and out, whichever library made them."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from emojify_core.client import Emojify
from emojify_core.errors import DataError
from support.api_server import ApiServer, Reply, Request

TEXTS = ["I was so happy", None, float("nan"), "N/A"]
BATCH = {
    "id": "b1", "state": "succeeded", "name": "frame.jsonl", "column": "text", "rows": 4, "done": 4,
    "failed": 0, "rate": 2.0, "eta_seconds": None, "model_version": 1, "links": {},
}  # fmt: skip


class Series(list[Any]):
    """What the client uses of a series, as pandas and polars have it."""

    def __init__(self, name: Any, values: Any = None, *, index: Any = None) -> None:
        is_pandas = index is not None
        super().__init__(name if is_pandas else values)
        self.name = None if is_pandas else name


class NamedSeries(Series):
    """A series that becomes a frame."""

    def to_frame(self) -> "Polars":
        """Return a frame of this column."""
        return Polars({self.name: self})


class Frame:
    """What both kinds of frames have."""

    def __init__(self, values: dict[Any, Any]) -> None:
        self.values, self.columns = values, list(values)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


class Pandas(Frame):
    """A frame of pandas."""

    index = ("r1", "r2", "r3", "r4")

    def assign(self, **added: Sequence[Any]) -> "Pandas":
        """Return a frame with further columns."""
        return Pandas(self.values | added)


class Polars(Frame):
    """A frame of polars."""

    def with_columns(self, added: list[Series]) -> "Polars":
        """Return a frame with further columns."""
        return Polars(self.values | {each.name: each for each in added})


@pytest.fixture
def sent(api: ApiServer) -> list[Any]:
    """Let a server answer a batch; return what it received."""
    received: list[Any] = []

    def answer(request: Request) -> Reply:
        if request.method == "POST":
            received.extend(map(json.loads, request.body.splitlines()))
        if "/results" in request.path:
            rows = [{"text": row["text"], "label": "joy", "error": None} for row in received]
            return Reply("".join(json.dumps(row) + "\n" for row in rows).encode(), 200, {})
        return Reply(BATCH, 200, {"Content-Type": "application/json"})

    api.answer = answer
    return received


@pytest.mark.parametrize("kind", [Pandas, Polars])
def test_a_frame_comes_back_with_the_predictions(
    emojify: Emojify, sent: list[Any], kind: type[Frame]
) -> None:
    """What is missing is sent as null; the other columns stay."""
    frame = kind({"id": Series("id", [1, 2, 3, 4]), "answer": Series("answer", TEXTS)})
    labelled = emojify.label(frame, "answer")
    assert sent == [{"text": TEXTS[0]}, {"text": None}, {"text": None}, {"text": "N/A"}]
    assert isinstance(labelled, kind)
    assert labelled.columns[:3] == ["id", "answer", "label"]
    assert labelled["label"] == ["joy"] * 4
    assert labelled["joy"] == [None] * 4


def test_a_series_becomes_a_frame_and_names_do_not_clash(emojify: Emojify, sent: list[Any]) -> None:
    """Case makes no difference."""
    labelled = emojify.label(NamedSeries("Label", TEXTS))
    assert labelled.columns[:3] == ["Label", "emojify_label", "emojify_emoji"]
    assert len(sent) == 4


def test_a_frame_without_the_column_is_refused(emojify: Emojify) -> None:
    """So is what is no frame."""
    for frame in (Pandas({"a": Series("a", [])}), ["a text"]):
        with pytest.raises(DataError, match="There is no column 'b'"):
            emojify.label(frame, "b")
