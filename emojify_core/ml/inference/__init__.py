"""Answering texts with a loaded model."""
