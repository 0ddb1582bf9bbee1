"""The hierarchy of the errors this project raises; `str(error)` is a sentence for people."""

from typing import ClassVar


class EmojifyError(Exception):
    """The root of the hierarchy."""

    code: ClassVar[str] = "error"  # clients match on it; it stays the same
    retry_after: float | None = None  # seconds until a retry may succeed
    trouble: str = ""  # what ails Redis or the database: the end of a sentence, for people on call


class SettingsError(EmojifyError):
    """An environment variable holds an invalid value."""


class DataError(EmojifyError):
    """A data file is missing, altered or malformed."""


class ModelError(EmojifyError):
    """A model artifact is missing, damaged or in another format."""


class OverloadedError(EmojifyError):
    """The server is at capacity and did not accept the request."""

    code = "overloaded"
    retry_after = 2


class QueueUnavailableError(EmojifyError):
    """Redis does not answer; nothing was queued, so a retry is safe."""

    code = "queue_unavailable"
    retry_after = 2


class RetryLaterError(EmojifyError):
    """A retry may succeed after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimitError(RetryLaterError):
    """A client sends too many requests, or too much in them."""

    code = "rate_limit"


class QuotaExceededError(RetryLaterError):
    """A client has used up its quota of corrections."""

    code = "quota"


class ReviewFullError(OverloadedError):
    """As many corrections wait for review as the server keeps."""

    code = "review_full"
    retry_after = 600


class TooManyFailuresError(RetryLaterError):
    """An address sent too many wrong keys or tokens."""

    code = "too_many_failures"


class TooManyBatchesError(EmojifyError):
    """A client has too many unfinished batches."""

    code = "too_many_batches"
    retry_after = 10


class LearningTimeError(EmojifyError):
    """An update needs more time than it may take."""


class StorageQuotaError(EmojifyError):
    """A client, or the clients of an address, keep as many bytes of files as they may."""

    code = "storage_quota"


class InsufficientStorageError(EmojifyError):
    """The server has no room for another file; everything else goes on."""

    code = "insufficient_storage"
    retry_after = 600


class StorageError(EmojifyError):
    """The database or the file store cannot do what was asked."""

    code = "storage"


class StorageUnavailableError(StorageError):
    """The database or the file store does not answer; try again later."""

    code = "storage_unavailable"
    retry_after = 2


class NewerDatabaseError(StorageError):
    """A newer release created this database."""


class UnstorableTextError(StorageError):
    """A text contains a NUL or a lone surrogate."""

    code = "unstorable_text"


class NotStoredError(StorageError):
    """Nothing is stored under this name, id or version."""

    code = "not_stored"


class UnknownPredictionError(NotStoredError):
    """No prediction was ever submitted under this id."""

    code = "unknown"


class IdempotencyConflictError(StorageError):
    """An earlier request used the same idempotency key with another body."""

    code = "idempotency_conflict"


class TransitionError(StorageError):
    """The current state forbids this change; another process may have changed it first."""

    code = "transition"


class StalePointerError(StorageError):
    """Another version was published after the live one was read; nothing was changed."""

    code = "stale_pointer"


class InvalidInputError(EmojifyError):
    """A client sent an unusable value; `field` names it."""

    code = "invalid"

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class BatchFileError(InvalidInputError):
    """A file of texts cannot be read; `field` is `file` or the option to correct."""

    code = "batch_file"

    def __init__(self, message: str, field: str = "file") -> None:
        super().__init__(message, field)


class BatchTooLargeError(BatchFileError):
    """A file of texts exceeds the size limit, compressed or decompressed."""

    code = "batch_too_large"


class ServerRefusedError(EmojifyError):
    """A server refused the request; the message is the server's."""

    code = "refused"

    def __init__(self, message: str, status: int, problem: str = "", field: str = "") -> None:
        super().__init__(message)
        self.status, self.problem, self.field = status, problem, field


class ServerUnavailableError(RetryLaterError):
    """A server does not answer, or reports that it is unavailable for now."""

    code = "server_unavailable"


class BatchFailedError(EmojifyError):
    """A batch ended without results."""

    code = "batch_failed"


class StoppedError(EmojifyError):
    """A stop request interrupted work that can be repeated."""
