"""The behaviour suite: lists of sentences that judge how a model reads (docs/behaviour.md)."""
