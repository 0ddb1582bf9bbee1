"""Every error this project raises on purpose. `str(error)` is a sentence for people."""

from typing import ClassVar


class EmojifyError(Exception):
    """The root of them all; `code` is the stable word that clients and logs match on."""

    code: ClassVar[str] = "error"


class SettingsError(EmojifyError):
    """An environment variable holds something we cannot use."""

    code = "settings"


class DataError(EmojifyError):
    """A data file is missing, altered or not what it should be."""

    code = "data"


class ModelError(EmojifyError):
    """A model artefact is missing, damaged or of another format."""

    code = "model"


class OverloadedError(EmojifyError):
    """More is waiting than can be answered in time: nothing was accepted."""

    code = "overloaded"


class QueueUnavailableError(EmojifyError):
    """Redis does not answer: nothing was accepted, trying again later is safe."""

    code = "queue_unavailable"


class StorageError(EmojifyError):
    """What was asked of the database or the file store cannot be done."""

    code = "storage"


class StorageUnavailableError(StorageError):
    """The database or the file store does not answer: nothing was promised, try again later."""

    code = "storage_unavailable"


class NewerDatabaseError(StorageError):
    """The database was made by a newer release than this one."""

    code = "newer_database"


class UnstorableTextError(StorageError):
    """A text holds what no database keeps: a NUL, or half of a surrogate pair."""

    code = "unstorable_text"


class NotStoredError(StorageError):
    """There is nothing under this name, id or version."""

    code = "not_stored"


class IdempotencyConflictError(StorageError):
    """The same idempotency key came before, with another body."""

    code = "idempotency_conflict"


class TransitionError(StorageError):
    """A correction's state forbids what was asked; somebody else may have been faster."""

    code = "transition"


class StalePointerError(StorageError):
    """Another version was published since the live one was read: nothing was changed."""

    code = "stale_pointer"


class BatchFileError(EmojifyError):
    """A file of texts cannot be read; `field` is what to mend: `file` or an option's name."""

    code = "batch_file"

    def __init__(self, sentence: str, field: str = "file") -> None:
        super().__init__(sentence)
        self.field = field


class BatchTooLargeError(BatchFileError):
    """A file of texts is larger than what is taken, packed or unpacked."""

    code = "batch_too_large"


class ServerRefusedError(EmojifyError):
    """A server that was asked refused; the sentence is its own."""

    code = "refused"

    def __init__(self, sentence: str, status: int, problem: str = "", field: str = "") -> None:
        super().__init__(sentence)
        self.status, self.problem, self.field = status, problem, field


class ServerUnavailableError(EmojifyError):
    """A server does not answer, or says that it cannot at the moment."""

    code = "server_unavailable"

    def __init__(self, sentence: str, after: float | None = None) -> None:
        super().__init__(sentence)
        self.after = after  # seconds, if it says when to try again


class BatchFailedError(EmojifyError):
    """A batch ended without results."""

    code = "batch_failed"


class StoppedError(EmojifyError):
    """A process was told to stop in the middle of something that can be begun again."""

    code = "stopped"
