"""The store of corrections."""
