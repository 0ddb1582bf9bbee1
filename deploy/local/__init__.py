"""The local run: every process of the stack on one machine, without Docker."""
