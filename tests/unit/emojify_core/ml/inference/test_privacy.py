"""Nothing about the texts, or that there are any, leaves the machine."""

from support.interpreters import run_code

LOADED = """
import json, os
import emojify_core.ml.inference.predictor
print(json.dumps(os.environ.get("ORT_DISABLE_TELEMETRY")))
"""


def test_the_runtime_is_told_not_to_report_usage() -> None:
    """Whoever imports the predictor, in whatever program, is not reported to anybody."""
    assert run_code(LOADED) == "1"
