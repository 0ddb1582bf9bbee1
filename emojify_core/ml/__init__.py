"""The model: reading text, training, evaluation, export and prediction."""

import os

# ONNX Runtime's wheels report usage to their maker unless told not to before their first import.
# Here and not in a program: nothing that reads texts may depend on remembering it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
