"""Text to numbers: vocabulary, embeddings, encoded batches."""
