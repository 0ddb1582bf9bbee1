"""Answering predictions, alone and in groups."""
