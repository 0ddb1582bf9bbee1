"""Shapes that several features share: links, problems, files, the Prefer header."""

from typing import Any, ClassVar

from pydantic import BaseModel, Field, RootModel

from web.http.problems import MEDIA_TYPE


class Links(BaseModel):
    """Where to go next."""

    self: str


class FieldError(BaseModel):
    """A field of the request and what is wrong with it."""

    field: str = Field(examples=["text"])
    message: str


class ProblemDetails(BaseModel):
    """An error (RFC 9457)."""

    media_types: ClassVar = (MEDIA_TYPE,)

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError]
    reading: dict[str, Any] | None = Field(
        default=None, description="Of a file that can be read in several ways: what was guessed."
    )


class FileOfRows(RootModel[str]):
    """A file that is either JSON Lines or CSV."""

    media_types: ClassVar = ("application/jsonl", "text/csv")


class PageQuery(BaseModel):
    """Which page of a list to return."""

    before: int | None = Field(
        default=None,
        ge=0,
        lt=10**18,
        description="Only older ones: take it from `links.next`.",
    )


class PreferHeader(BaseModel):
    """Headers a client may send."""

    prefer: str = Field(
        default="",
        alias="Prefer",
        description="`wait=N`: hold the request up to N seconds (at most 10) for the result.",
        examples=["wait=5"],
    )
