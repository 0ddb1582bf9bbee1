"""The client: a method for each call of the API."""

import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Self

from emojify_core.client.arguments import named, split
from emojify_core.client.connection import Connection
from emojify_core.client.frames import label_frame
from emojify_core.client.records import Answer, Batch, Correction, Models, ModelVersion
from emojify_core.client.transfers import Progress, download_to_path, download_to_stream, upload
from emojify_core.errors import BatchFailedError, ServerUnavailableError
from emojify_core.limits import MAX_REQUEST_CHARACTERS
from emojify_core.messages import FINAL_STATES, State
from emojify_core.text_validation import check_text

DEFAULT_URL = "http://127.0.0.1:5000"
_WAIT = 10  # seconds; the longest wait that a server accepts
_API = "/api/v1"


def _no_progress(_done: int, _total: int | None) -> None:
    """Show no progress."""


class Emojify:
    """A client of one server. `key` is an API key or the administrator's token.

    Use it as a context manager, or close its `connection`.
    """

    def __init__(
        self, url: str = DEFAULT_URL, key: str | None = None, connection: Connection | None = None
    ) -> None:
        self.connection = connection or Connection(url, key)
        self._links: dict[str, str] = {}  # of own corrections, by id; some hold a proof

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def predict(self, text: str) -> Answer:
        """Return the prediction of a text. Raises ServerRefusedError for an invalid text."""
        return Answer.from_json(self._predict({"text": text})["result"])

    def predict_all(self, texts: Sequence[str]) -> list[Answer]:
        """Return the predictions of any number of texts, in their order.

        Several requests carry them. An invalid text gets an answer with an error.
        """
        # A text that is too long for any request must not fail the others.
        problems = [
            check_text(text) if len(text) > MAX_REQUEST_CHARACTERS else None for text in texts
        ]
        found: list[Answer] = []
        for part in split([t for t, problem in zip(texts, problems, strict=True) if not problem]):
            found += map(Answer.from_json, self._predict({"texts": part})["results"])
        answers = iter(found)
        return [Answer(error=problem.message) if problem else next(answers) for problem in problems]

    def submit(
        self, source: str | Path | BinaryIO, *, progress: Progress = _no_progress, **options: str
    ) -> Batch:
        """Upload a file as a batch; `progress` is called with the bytes sent and in all.

        `source` is a path or an open binary file. The API explains the `options`: `column`,
        `format`, `encoding`, `delimiter`, `header` and so on. Raises DataError if the file cannot
        be read.
        """
        return Batch.from_json(upload(self.connection, *named(source, options), progress))

    def preview(self, source: str | Path | BinaryIO, **options: str) -> dict[str, Any]:
        """Return how a file would be read, from its beginning. The options are those of `submit`.

        Raises DataError if the file cannot be read.
        """
        file, query = named(source, options)
        return upload(
            self.connection, file, {**query, "preview": "true"}, _no_progress, beginning=True
        )

    def label(self, frame: Any, column: str | None = None) -> Any:
        """Return a data frame of pandas or polars with the prediction of each row.

        `column` holds the texts; a series needs none, and becomes a frame. A missing text (None,
        NaN) and a row that cannot be answered have an error. An added column that the frame has
        already, whatever its case, makes all of them begin with "emojify_".
        """
        return label_frame(self, frame, column)

    def batch(self, batch_id: str, *, wait: int = 0) -> Batch:
        """Return a batch; wait up to `wait` seconds for its end."""
        return Batch.from_json(self._get(f"/batches/{batch_id}", wait))

    def wait(self, batch_id: str, progress: Callable[[Batch], None] = lambda _: None) -> Batch:
        """Wait until a batch has succeeded; `progress` is called about once a second.

        Raises BatchFailedError if it failed or was cancelled.
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
        """Return the caller's newest batches (up to fifty), newest first."""
        return [Batch.from_json(each) for each in self._get("/batches")["batches"]]

    def cancel(self, batch_id: str) -> Batch:
        """Cancel a batch; its answers so far are deleted."""
        return Batch.from_json(self._request("DELETE", f"/batches/{batch_id}", retry=True))

    def summary(self, batch_id: str) -> dict[str, Any]:
        """Return the counts and the least certain rows of a batch that has succeeded."""
        found: dict[str, Any] = self._get(f"/batches/{batch_id}/summary")
        return found

    def download(
        self,
        batch_id: str,
        to: str | Path | BinaryIO,
        result_format: str = "csv",
        progress: Progress = _no_progress,
    ) -> None:
        """Download the results to a path or into a binary file.

        `result_format` is csv, csv-excel, csv-exact, xlsx or jsonl; the API explains them.

        A file at a path appears complete or not at all.
        """
        path = f"{_API}/batches/{batch_id}/results?format={result_format}"
        if isinstance(to, str | Path):
            download_to_path(self.connection, path, Path(to).absolute(), progress)
        else:
            download_to_stream(self.connection, path, to)

    def correct(self, text: str, label: str, *, prediction_id: str | None = None) -> Correction:
        """Submit the right label of a text; retries never store it twice."""
        body = {"text": text, "label": label, "prediction_id": prediction_id}
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        stored = self._request("POST", "/corrections", retry=True, json=body, headers=headers)
        if link := stored["links"].get("self"):
            self._links[stored["id"]] = link
        return Correction.from_json(stored)

    def correction(self, correction_id: str, *, wait: int = 0) -> Correction:
        """Return a correction; wait up to `wait` seconds until it is settled."""
        link = self._links.get(correction_id, f"{_API}/corrections/{correction_id}")
        return Correction.from_json(self._get(link.removeprefix(_API), wait))

    def await_correction(self, correction_id: str, within: float = 300) -> Correction:
        """Wait until a correction is settled, for `within` seconds at most; return it."""
        deadline = time.monotonic() + within
        while True:
            found = self.correction(correction_id, wait=_WAIT)
            if found.settled or time.monotonic() > deadline:
                return found

    def models(self) -> Models:
        """Return the versions of the model and the workers that serve them."""
        return Models.from_json(self._get("/models"))

    def model(self, version: int) -> ModelVersion:
        """Return one version."""
        return ModelVersion.from_json(self._get(f"/models/{version}"))

    def _predict(self, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Prefer": f"wait={_WAIT}"}
        # A retry is safe: predicting twice changes nothing.
        found: dict[str, Any] = self._request(
            "POST", "/predictions", retry=True, json=body, headers=headers
        )
        while State(found["state"]) not in FINAL_STATES:
            found = self._get(f"/predictions/{found['id']}", _WAIT)
        if found["state"] != State.SUCCEEDED:
            error = found["error"] or {"message": f"The prediction is {found['state']}."}
            raise ServerUnavailableError(error["message"])
        return found

    def _get(self, path: str, wait: int = 0) -> Any:
        return self._request("GET", path, headers={"Prefer": f"wait={wait}"} if wait else {})

    def _request(self, method: str, path: str, **options: Any) -> Any:
        return self.connection.request(method, _API + path, **options)
