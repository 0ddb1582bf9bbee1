"""Going back (or forth) to a version, for the API and the page alike."""

from dataclasses import dataclass

from emojify_core.errors import NotStoredError, TransitionError
from emojify_core.storage.corrections.records import Version
from emojify_core.storage.factory import ModelStore
from emojify_core.storage.versions.repository import VersionRepository
from web.auth.identity import ADMINISTRATOR
from web.corrections.service import CorrectionService

HIGHEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class RollbackService:
    """Appends the version that holds another one's files."""

    versions: VersionRepository
    models: ModelStore
    correcting: CorrectionService

    def activate(self, version: int, *, why: str, requeue: bool) -> Version:
        """Put a version into service. Raises NotStoredError, and TransitionError if it cannot."""
        target = self.versions.get(validate_version(version))
        if not self.models.holds(target.sha256):
            raise TransitionError(
                f"The files of version {version} were deleted since: only the newest versions "
                "and the first one keep theirs. Choose one of those."
            )
        now = self.versions.activate(version, by=ADMINISTRATOR, why=why, requeue=requeue)
        if requeue:
            self.correcting.wake_trainer()
        return now


def validate_version(version: int) -> int:
    """Refuse a number that no column holds as one that is not there."""
    if version > HIGHEST:
        raise NotStoredError("There is no such version of the model.")
    return version
