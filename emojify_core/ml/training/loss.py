"""The loss of one step: the labels' cross-entropy and the gate's, in one sum."""

from collections.abc import Callable

from keras import KerasTensor, ops

from emojify_core.labels import LABELS


def label_and_gate_loss(
    gate_weight: float,
) -> Callable[[KerasTensor, KerasTensor], KerasTensor]:
    """Return the loss of goals (texts, 10), see `TrainingExamples.goals`, and logits.

    The logits are (texts, 7), or (texts, 8) with a gate. A text whose emotion nobody knows
    teaches the gate nothing.
    """
    classes = len(LABELS)

    def loss(goals: KerasTensor, logits: KerasTensor) -> KerasTensor:
        targets, weights = goals[:, :classes], goals[:, classes]
        per_text = -ops.sum(targets * ops.log_softmax(logits[:, :classes]), axis=-1) * weights
        if logits.shape[-1] > classes:
            emotional, known = goals[:, classes + 1], goals[:, classes + 2]
            gate = ops.binary_crossentropy(emotional, logits[:, classes], from_logits=True)
            per_text += gate_weight * gate * known
        return ops.mean(per_text)

    return loss
