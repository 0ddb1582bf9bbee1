"""Request and response schemas of clients."""

from pydantic import BaseModel, Field


class ForgottenClient(BaseModel):
    """What there was of a client, all of it gone now."""

    client: str
    corrections: int
    batches: int
    sign_ins: int
    rebuild: bool = Field(description="Whether the model is being rebuilt without something.")
