"""Held-out rows, earlier corrections and anchor sentences judge whether a candidate goes live."""
