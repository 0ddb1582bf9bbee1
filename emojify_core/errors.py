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
