"""Texts to answers, with one model: for predictions and batches alike."""

from collections.abc import Sequence

from emojify_core.labels import LABELS
from emojify_core.messages import Answer, Influence
from emojify_core.ml.inference.occlusion import influences
from emojify_core.ml.inference.predictor import Prediction, Predictor
from emojify_core.text_validation import TextProblem, check_text


def answer_texts(predictor: Predictor, texts: Sequence[str]) -> tuple[Answer, ...]:
    """Answer each text in order; a text that cannot be answered gets its error."""
    problems = [check_text(text) for text in texts]
    prediction = predictor.predict(
        [text for text, problem in zip(texts, problems, strict=True) if not problem]
    )
    return _merge(prediction, problems)


def explain_text(predictor: Predictor, text: str) -> tuple[Answer, tuple[Influence, ...]]:
    """Answer one text, and say how much each of its words speaks for the answer."""
    if problem := check_text(text):
        return Answer(error=(problem.code, problem.message)), ()
    prediction = predictor.predict([text])
    (answer,) = _merge(prediction, [None])
    label = LABELS.index(answer.best.label)
    return answer, influences(predictor, text, label, float(prediction.probabilities[0, label]))


def _merge(prediction: Prediction, problems: Sequence[TextProblem | None]) -> tuple[Answer, ...]:
    """Give each text its problem, or else the next row of the prediction."""
    # Four decimals: 0.01 % is finer than the calibration, and half the bytes.
    rows = zip(
        prediction.probabilities.astype(float).round(4).tolist(),
        prediction.confident.tolist(),
        strict=True,
    )
    return tuple(
        Answer(error=(problem.code, problem.message)) if problem else _answer(*next(rows))
        for problem in problems
    )


def _answer(probabilities: list[float], confident: bool) -> Answer:  # noqa: FBT001
    return Answer(tuple(probabilities), confident)
