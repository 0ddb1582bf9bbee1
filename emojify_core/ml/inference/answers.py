"""One model's answers to texts, for predictions and batches alike."""

from collections.abc import Sequence
from math import isnan

from emojify_core.answer import Answer
from emojify_core.labels import LABELS
from emojify_core.messages import Influence
from emojify_core.ml.inference.occlusion import influences
from emojify_core.ml.inference.predictor import Predictions, Predictor
from emojify_core.text_validation import TextProblem, check_text


def answer_texts(
    predictor: Predictor, texts: Sequence[str], *, max_words: int | None = None
) -> tuple[Answer, ...]:
    """Answer each text in order; a text that cannot be answered gets its error.

    Of all texts together, the model reads at most `max_words` words.
    """
    problems = [check_text(text) for text in texts]
    predictions = predictor.predict(
        [text for text, problem in zip(texts, problems, strict=True) if not problem],
        max_words=max_words,
    )
    return _merge(predictions, problems)


def explain_text(predictor: Predictor, text: str) -> tuple[Answer, tuple[Influence, ...]]:
    """Answer one text and return how much each word speaks for the answer."""
    if problem := check_text(text):
        return Answer(error=(problem.code, problem.message)), ()
    predictions = predictor.predict([text])
    (answer,) = _merge(predictions, [None])
    label = LABELS.index(answer.best.label)
    return answer, influences(predictor, text, label, float(predictions.probabilities[0, label]))


def _merge(predictions: Predictions, problems: Sequence[TextProblem | None]) -> tuple[Answer, ...]:
    """Return each text's problem, or else the next prediction."""
    # Four decimals are finer than the calibration and halve the message size.
    rows = zip(
        predictions.probabilities.astype(float).round(4).tolist(),
        predictions.confident.tolist(),
        predictions.emotional.astype(float).round(4).tolist(),
        predictions.none.tolist(),
        predictions.understood.tolist(),
        strict=True,
    )
    return tuple(
        Answer(error=(problem.code, problem.message)) if problem else _answer(*next(rows))
        for problem in problems
    )


def _answer(
    probabilities: list[float],
    confident: bool,  # noqa: FBT001
    emotional: float,
    none: bool,  # noqa: FBT001
    understood: bool,  # noqa: FBT001
) -> Answer:
    known = None if isnan(emotional) else emotional
    return Answer(tuple(probabilities), confident, None, known, none, understood)
