"""Build the network as an ONNX graph from its weights, without TensorFlow.

Inputs: `vectors` (batch, time, word dimensions) float32 and `lengths` (batch,) int32, at least 1.
Output: `logits` (batch, outputs) float32. The LSTM node and the pooling use the lengths to ignore
padding. docs/decisions/0002-onnx-graph-from-weights.md gives the reasons.
"""

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from emojify_core.ml.model.artifact import Weights
from emojify_core.ml.model.config import MASKED

OPSET = 17
IR_VERSION = 8  # ONNX Runtime reads it since 2022


def export_onnx(weights: Weights) -> bytes:
    """Return the serialized graph for weights named as in `network.WEIGHT_NAMES`.

    Raises KeyError when a weight is missing.
    """
    units = weights["forward_recurrent"].shape[0]
    dimensions = weights["forward_kernel"].shape[0]
    outputs = weights["output_bias"].shape[0]
    graph = helper.make_graph(
        _nodes(units),
        "emojify",
        inputs=[
            helper.make_tensor_value_info(
                "vectors", TensorProto.FLOAT, ["batch", "time", dimensions]
            ),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
        ],
        outputs=[
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", outputs]),
        ],
        initializer=[
            numpy_helper.from_array(np.ascontiguousarray(array), name)
            for name, array in _constants(weights).items()
        ],
    )
    model = helper.make_model(
        graph,
        producer_name="emojify",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _constants(weights: Weights) -> dict[str, NDArray[np.generic]]:
    """Return the graph's constants by name, in ONNX's layouts."""
    directions = ("forward", "backward")
    kernels = [_gates(weights[f"{d}_kernel"].T) for d in directions]
    recurrents = [_gates(weights[f"{d}_recurrent"].T) for d in directions]
    biases = [_gates(weights[f"{d}_bias"]) for d in directions]
    # Keras has one bias, ONNX an input and a recurrent bias: the second one is zeros.
    pairs = [np.concatenate([bias, np.zeros_like(bias)]) for bias in biases]
    return {
        "kernels": np.stack(kernels),  # (2, 4 * units, word dimensions)
        "recurrents": np.stack(recurrents),  # (2, 4 * units, units)
        "biases": np.stack(pairs),  # (2, 8 * units)
        "attention_kernel": weights["attention_kernel"],
        "attention_bias": weights["attention_bias"],
        "attention_vector": weights["attention_vector"][:, None],  # (attention units, 1)
        "output_kernel": weights["output_kernel"],
        "output_bias": weights["output_bias"],
        "far_below": np.array(MASKED, dtype=np.float32),
        "one_axis": np.array([1], dtype=np.int64),
        "axis_2": np.array([2], dtype=np.int64),
        "at_1": np.array(1, dtype=np.int64),
        "zero": np.array(0, dtype=np.int64),
        "one": np.array(1, dtype=np.int64),
        "features": np.array(
            [0, 0, -1], dtype=np.int64
        ),  # for Reshape: keep, keep, flatten the rest
    }


def _gates(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """Reorder the gates on the first axis from Keras's i, f, c, o to ONNX's i, o, f, c."""
    i, f, c, o = np.split(array, 4)
    return np.concatenate([i, o, f, c])


def _nodes(units: int) -> list[onnx.NodeProto]:
    """Return the graph's nodes in order of execution; b is batch, t time, u units."""
    node = helper.make_node
    return [
        node("Transpose", ["vectors"], ["steps"], perm=[1, 0, 2]),  # (t, b, dimensions)
        node(
            "LSTM",
            ["steps", "kernels", "recurrents", "biases", "lengths"],
            ["directions"],  # (t, 2, b, u)
            hidden_size=units,
            direction="bidirectional",
        ),
        node("Transpose", ["directions"], ["apart"], perm=[2, 0, 1, 3]),  # (b, t, 2, u)
        node("Reshape", ["apart", "features"], ["states"]),  # (b, t, 2u)
        # Mask: a position holds a word if it is below the text's length.
        node("Shape", ["vectors"], ["shape"]),
        node("Gather", ["shape", "at_1"], ["time"]),
        node("Range", ["zero", "time", "one"], ["counting"]),  # (t,)
        node("Cast", ["lengths"], ["wide_lengths"], to=TensorProto.INT64),
        node("Unsqueeze", ["wide_lengths", "one_axis"], ["column"]),  # (b, 1)
        node("Less", ["counting", "column"], ["words"]),  # (b, t)
        node("Unsqueeze", ["words", "axis_2"], ["words_column"]),  # (b, t, 1)
        # Attention pooling.
        node("MatMul", ["states", "attention_kernel"], ["projected"]),
        node("Add", ["projected", "attention_bias"], ["shifted"]),
        node("Tanh", ["shifted"], ["hidden"]),
        node("MatMul", ["hidden", "attention_vector"], ["scores"]),  # (b, t, 1)
        node("Where", ["words_column", "scores", "far_below"], ["word_scores"]),
        node("Softmax", ["word_scores"], ["shares"], axis=1),
        node("Mul", ["shares", "states"], ["weighted"]),
        node("ReduceSum", ["weighted", "one_axis"], ["attended"], keepdims=0),  # (b, 2u)
        # Max pooling.
        node("Where", ["words_column", "states", "far_below"], ["present"]),
        node("ReduceMax", ["present"], ["highest"], axes=[1], keepdims=0),  # (b, 2u)
        node("Concat", ["attended", "highest"], ["pooled"], axis=1),
        node("Gemm", ["pooled", "output_kernel", "output_bias"], ["logits"]),
    ]
