"""Text to numbers: vocabulary, embeddings, encoded and padded texts."""
