"""Predictions for raw texts with a loaded model."""
