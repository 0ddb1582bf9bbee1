"""No usage data leaves the machine."""

from support.interpreters import run_code

LOADED = """
import json, os
import emojify_core.ml.inference.predictor
print(json.dumps(os.environ.get("ORT_DISABLE_TELEMETRY")))
"""


def test_onnx_runtime_s_telemetry_is_disabled() -> None:
    """Importing the predictor disables it in every program."""
    assert run_code(LOADED) == "1"
