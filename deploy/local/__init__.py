"""The local run: all processes of the stack on one machine, without Docker."""
