"""Answering a chunk of a batch, step by step, giving way to whoever waits for a prediction."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

import structlog

from emojify_core.batches.files import BatchFiles
from emojify_core.batches.layout import Layout
from emojify_core.batches.limits import STEP_CHARACTERS, STEP_ROWS
from emojify_core.batches.rows import Row, read_rows
from emojify_core.errors import ModelError, NotStoredError
from emojify_core.messages import Answer, ChunkRequest, State
from emojify_core.ml.answering import answers_of
from emojify_core.ml.predictor import Predictor
from emojify_core.storage.batch_records import Work
from emojify_core.storage.opening import Storage
from worker.chunk_writer import Answered, ChunkWriter
from worker.pinned_models import PinnedModels

log = structlog.get_logger(__name__)

_GONE = "The model that this batch began with is not there any more. Send the file again."
_KEPT = 4  # chunks that were begun here and put off


class ChunkAnswerer:
    """Answers chunks; for the one thread that runs tasks.

    `others_wait` tells whether a prediction is queued. A chunk that gives way is to be published
    again; what it had answered is kept here, and is done anew where another worker takes it.
    """

    def __init__(
        self,
        storage: Storage,
        files: BatchFiles,
        models: PinnedModels,
        writer: ChunkWriter,
        others_wait: Callable[[], bool],
    ) -> None:
        self._storage, self._files, self._models = storage, files, models
        self._writer, self._others_wait = writer, others_wait
        self._begun: OrderedDict[tuple[str, int], list[Answer]] = OrderedDict()

    def answer(self, request: ChunkRequest) -> bool:
        """Answer a chunk and hand it over to be stored; return False if it gave way.

        Raises StorageUnavailableError, and NotStoredError where its file is gone: then its batch
        is over.
        """
        work = self._storage.chunks.work(request.batch_id, request.number)
        if work is None:  # it is done, or its batch is over
            return True
        predictor = self._predictor(work)
        if predictor is None:
            return True
        data = self._files.read(work.batch_id, work.start, work.length)
        rows = list(read_rows(data, Layout.from_json(work.layout)))
        answers = self._begun.pop((work.batch_id, work.number), [])
        for step in _steps(rows[len(answers) :]):
            answers += _answers(predictor, step)
            if len(answers) < len(rows) and self._others_wait():
                self._keep(work, answers)
                return False
        self._writer.put(Answered(work, answers))
        return True

    def _predictor(self, work: Work) -> Predictor | None:
        try:
            return self._models.at(work.model_version)
        except (ModelError, NotStoredError) as e:
            log.warning("a batch's model is gone", batch=work.batch_id, reason=str(e))
            self._storage.batches.end(work.batch_id, State.FAILED, code="model", reason=_GONE)
            return None

    def _keep(self, work: Work, answers: list[Answer]) -> None:
        self._begun[work.batch_id, work.number] = answers
        while len(self._begun) > _KEPT:
            self._begun.popitem(last=False)


def _steps(rows: Sequence[Row]) -> Iterator[list[Row]]:
    step: list[Row] = []
    characters = 0
    for row in rows:
        if step and (len(step) == STEP_ROWS or characters + len(row.text) > STEP_CHARACTERS):
            yield step
            step, characters = [], 0
        step.append(row)
        characters += len(row.text)
    if step:
        yield step


def _answers(predictor: Predictor, rows: Sequence[Row]) -> list[Answer]:
    answers = answers_of(predictor, [row.text for row in rows])
    return [
        # A problem of the row; those of texts are the same here and there.
        Answer(error=(row.problem.code, row.problem.message)) if row.problem else answer
        for row, answer in zip(rows, answers, strict=True)
    ]
