"""Training data: sources, splits, augmentation, the teacher's answers."""
