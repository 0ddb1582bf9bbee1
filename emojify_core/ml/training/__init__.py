"""Training a model from scratch."""
