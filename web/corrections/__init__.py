"""Corrections: the API, review, export, the correction page."""
