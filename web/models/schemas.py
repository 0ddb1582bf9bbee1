"""Request and response schemas of model versions."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from web.corrections.schemas import Decision


class Activation(Decision):
    """How to activate a version."""

    requeue: bool = Field(
        default=False,
        description="Queue the corrections that this version did not learn; otherwise they become "
        "`rolled_back`.",
    )


class Rebuild(BaseModel):
    """A rebuild that was asked for."""

    erased: int = Field(description="Erased corrections that the live version holds; 0: no need.")


class ModelVersion(BaseModel):
    """One version of the model."""

    version: int
    sha256: str
    parent: int | None = Field(description="The version that was live before.")
    source: int | None = Field(description="The version whose corrections it also holds.")
    state: str = Field(json_schema_extra={"enum": ["live", "retired"]})
    cause: dict[str, Any] = Field(
        description="What made it. Only an administrator sees `by` and `why`."
    )
    metrics: dict[str, Any]
    verdict: dict[str, Any] | None = Field(description="The gate's verdict; null if not judged.")
    created_at: datetime


class ServingWorker(BaseModel):
    """A worker and the version it serves."""

    name: str
    model_version: int


class RefusedCandidate(BaseModel):
    """A candidate that did not go live, and why."""

    base_version: int
    corrections: list[str]
    reason: str
    figures: dict[str, Any]
    created_at: datetime


class Models(BaseModel):
    """Versions and refusals, newest first, and the version that each worker serves."""

    live: int
    versions: list[ModelVersion]
    workers: list[ServingWorker]
    refusals: list[RefusedCandidate]
