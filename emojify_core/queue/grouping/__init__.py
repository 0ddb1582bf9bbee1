"""Requests that wait at the same time travel in one message: docs/decisions/0031."""
