"""The model: reading text, training, evaluation, export and prediction."""
