"""Batches: upload, progress, results, the batch pages."""
