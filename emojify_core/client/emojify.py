"""The client: a method for each thing a server does."""

import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from emojify_core.client.connection import Connection
from emojify_core.client.records import Answer, Batch, Correction, Models, ModelVersion
from emojify_core.client.transfers import Download, Progress, upload
from emojify_core.errors import BatchFailedError, ServerUnavailableError
from emojify_core.messages import FINAL_STATES, State
from emojify_core.text_validation import MAX_REQUEST_CHARACTERS, MAX_TEXTS, check_text

DEFAULT_URL = "http://127.0.0.1:5000"
_WAIT = 10  # seconds, the longest a server holds a request
_API = "/api/v1"


def _nothing(_done: int, _total: int | None) -> None:
    """Show no progress."""


class Emojify:
    """A server, spoken to. `key` is an API key or the administrator's token.

    Use it as a context manager, or `close` it.
    """

    def __init__(
        self, url: str = DEFAULT_URL, key: str | None = None, connection: Connection | None = None
    ) -> None:
        self.connection = connection or Connection(url, key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()

    def predict(self, text: str) -> Answer:
        """Return what a text expresses. Raises ServerRefusedError if it cannot be answered."""
        return Answer.from_json(self._predicted({"text": text})["result"])

    def predict_all(self, texts: Sequence[str]) -> list[Answer]:
        """Return what each of any number of texts expresses, in their order.

        They are sent in parts; a text that cannot be answered has an error.
        """
        # A text that no request can hold does not keep the others from their answers.
        problems = [
            check_text(text) if len(text) > MAX_REQUEST_CHARACTERS else None for text in texts
        ]
        found: list[Answer] = []
        for part in _parts([t for t, problem in zip(texts, problems, strict=True) if not problem]):
            found += map(Answer.from_json, self._predicted({"texts": part})["results"])
        answers = iter(found)
        return [Answer(error=each.message) if each else next(answers) for each in problems]

    def submit(self, path: str | Path, *, progress: Progress = _nothing, **options: str) -> Batch:
        """Send a file to be answered row by row; `progress` is told bytes sent and in all.

        `options` are those of the API: `column`, `format`, `encoding`, `delimiter`, `header`.
        Raises DataError if the file cannot be read.
        """
        path = Path(path)
        return Batch.from_json(
            upload(self.connection, path, {"name": _printable(path.name), **options}, progress)
        )

    def batch(self, batch_id: str, *, wait: int = 0) -> Batch:
        """Return a batch as it is now, or when it is over, if that is within `wait` seconds."""
        return Batch.from_json(self._get(f"/batches/{batch_id}", wait))

    def wait(self, batch_id: str, progress: Callable[[Batch], None] = lambda _: None) -> Batch:
        """Return a batch when it has succeeded; `progress` sees it about once a second.

        Raises BatchFailedError if it ends otherwise.
        """
        while True:
            batch = self.batch(batch_id, wait=1)
            progress(batch)
            if batch.over:
                break
        if batch.state is not State.SUCCEEDED:
            reason = batch.error["message"] if batch.error else f"It is {batch.state}."
            raise BatchFailedError(f"The batch {batch_id} has no results. {reason}")
        return batch

    def batches(self) -> list[Batch]:
        """Return one's own newest batches (up to fifty), newest first."""
        return [Batch.from_json(each) for each in self._get("/batches")["batches"]]

    def cancel(self, batch_id: str) -> Batch:
        """End a batch; what was answered of it is given up."""
        return Batch.from_json(self._ask("DELETE", f"/batches/{batch_id}", again=True))

    def summary(self, batch_id: str) -> dict[str, Any]:
        """Return the counts of a batch that has succeeded, and its least certain rows."""
        found: dict[str, Any] = self._get(f"/batches/{batch_id}/summary")
        return found

    def download(
        self,
        batch_id: str,
        to: str | Path | BinaryIO,
        result_format: str = "csv",
        progress: Progress = _nothing,
    ) -> None:
        """Fetch the results (`csv` or `jsonl`) into a file, or into something that takes bytes.

        A file appears whole or not at all.
        """
        path = f"{_API}/batches/{batch_id}/results?format={result_format}"
        download = Download(self.connection, path)
        if isinstance(to, str | Path):
            download.to(Path(to).absolute(), progress)
        else:
            download.into(to)

    def correct(self, text: str, label: str, *, prediction_id: str | None = None) -> Correction:
        """Say what a text really expresses; it is stored once, however often it must be sent."""
        body = {"text": text, "label": label, "prediction_id": prediction_id}
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        stored = self._ask("POST", "/corrections", again=True, json=body, headers=headers)
        return Correction.from_json(stored)

    def correction(self, correction_id: str, *, wait: int = 0) -> Correction:
        """Return a correction as it is now, or when it is settled, if that is within `wait` s."""
        return Correction.from_json(self._get(f"/corrections/{correction_id}", wait))

    def await_correction(self, correction_id: str, within: float = 300) -> Correction:
        """Return a correction when it is settled, or as it is after that many seconds."""
        deadline = time.monotonic() + within
        while True:
            found = self.correction(correction_id, wait=_WAIT)
            if found.settled or time.monotonic() > deadline:
                return found

    def models(self) -> Models:
        """Return the versions of the model and who serves which."""
        return Models.from_json(self._get("/models"))

    def model(self, version: int) -> ModelVersion:
        """Return one version."""
        return ModelVersion.from_json(self._get(f"/models/{version}"))

    def _predicted(self, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Prefer": f"wait={_WAIT}"}
        # An answer that was lost is asked for again: predicting twice changes nothing.
        found: dict[str, Any] = self._ask(
            "POST", "/predictions", again=True, json=body, headers=headers
        )
        while State(found["state"]) not in FINAL_STATES:
            found = self._get(f"/predictions/{found['id']}", _WAIT)
        if found["state"] != State.SUCCEEDED:
            error = found["error"] or {"message": f"The prediction is {found['state']}."}
            raise ServerUnavailableError(error["message"])
        return found

    def _get(self, path: str, wait: int = 0) -> Any:
        return self._ask("GET", path, headers={"Prefer": f"wait={wait}"} if wait else {})

    def _ask(self, method: str, path: str, **how: Any) -> Any:
        return self.connection.ask(method, _API + path, **how)


def _printable(name: str) -> str:
    """Return a file's name without the bytes in it that are no characters."""
    return name.encode(errors="replace").decode()


def _parts(texts: Sequence[str]) -> list[list[str]]:
    """Cut a list into requests that a server takes."""
    parts: list[list[str]] = []
    room = 0
    for text in texts:
        room -= len(text)
        if room < 0 or not parts or len(parts[-1]) == MAX_TEXTS:
            parts.append([])
            room = MAX_REQUEST_CHARACTERS - len(text)
        parts[-1].append(text)
    return parts
