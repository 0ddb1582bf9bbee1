"""What both sides of the queue share: labels, messages, settings, storage and the model."""

__version__ = "0.1.0"
