"""The migrations in order. A released one never changes."""
