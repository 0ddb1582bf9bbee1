"""Results of a batch: the file that people download, and its summary."""
