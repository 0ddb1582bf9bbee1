"""Batches in the worker: splitting, dispatching, answering, retention."""
