"""Training data: sources, splits, augmentation, distillation."""
