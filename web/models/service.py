"""Putting an earlier model version back into service, for the API and the page."""

from collections.abc import Callable
from dataclasses import dataclass

from emojify_core.errors import NotStoredError, TransitionError
from emojify_core.storage.files.model_store import ModelStore
from emojify_core.storage.versions.rebuilds import request_rebuild
from emojify_core.storage.versions.records import Version
from emojify_core.storage.versions.repository import VersionRepository
from web.auth.identity import ADMINISTRATOR

_HIGHEST = 2**31 - 1  # the database's largest integer


@dataclass(frozen=True, slots=True)
class RollbackService:
    """Appends a version that holds the files of an earlier one."""

    versions: VersionRepository
    models: ModelStore
    wake_trainer: Callable[[], None]

    def activate(self, version: int, *, why: str, requeue: bool) -> Version:
        """Put a version into service and return the appended one.

        Raises NotStoredError for an unknown version, TransitionError if it cannot be served.
        """
        target = self.versions.get(validate_version(version))
        if not self.models.holds(target.sha256):
            raise TransitionError(
                f"The files of version {version} were deleted. Only the newest versions and the "
                "first one keep their files; choose one of those."
            )
        appended = self.versions.activate(version, by=ADMINISTRATOR, why=why, requeue=requeue)
        if requeue:
            self.wake_trainer()
        return appended


@dataclass(frozen=True, slots=True)
class RebuildService:
    """Lets the trainer rebuild the model now, where owners' deletions would wait."""

    versions: VersionRepository
    wake_trainer: Callable[[], None]

    def request(self) -> int:
        """Return how many erased corrections the live version still holds; none is no work."""
        held = request_rebuild(self.versions.engine)
        if held:
            self.wake_trainer()
        return held


def validate_version(version: int) -> int:
    """Return the version number. Raises NotStoredError if the database cannot hold it."""
    if version > _HIGHEST:
        raise NotStoredError("There is no such version of the model.")
    return version
