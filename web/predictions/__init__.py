"""Predictions: the API, the Try page, explanations."""
