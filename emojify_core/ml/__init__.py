"""The model: reading text, training, evaluation, export and prediction."""

import os

# ONNX Runtime's wheels send usage data to Microsoft unless this is set before the first import.
# It stands here so that no program that reads texts can forget it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
