"""The store of batches and their chunks."""
