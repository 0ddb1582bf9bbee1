"""The worker that learns corrections: the only process that imports TensorFlow."""
