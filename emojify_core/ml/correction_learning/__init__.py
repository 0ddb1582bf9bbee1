"""Learning corrections: a fine-tuned candidate, and the gate that it must pass."""
