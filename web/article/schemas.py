"""The shapes of the article's two routes."""

from pydantic import BaseModel, Field

from emojify_core.labels import LABELS
from web.predictions.schemas import ANSWERABLE, STORABLE


class ArticleForm(BaseModel):
    """The article's form."""

    name: str = Field(json_schema_extra=ANSWERABLE, examples=["I passed the exam!"])


class LabelNumber(BaseModel):
    """The article's answer: the label's number, 0 (joy) to 6 (guilt)."""

    prediction: int = Field(ge=0, le=6)


class ArticleUpdateForm(BaseModel):
    """The article's form that corrects a prediction."""

    sentence: str = Field(json_schema_extra=STORABLE, examples=["They all saw me fall."])
    dropdown_value: str = Field(
        description="The label's number, 0 (joy) to 6 (guilt), or its name.",
        json_schema_extra={"enum": [*map(str, range(len(LABELS))), *LABELS]},
        examples=["5"],
    )


class UpdateText(BaseModel):
    """The article's answer to a correction: a sentence."""

    update_text: str
