"""The file store: a local folder or an object store."""
