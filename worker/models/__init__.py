"""The model versions that a prediction worker holds."""
