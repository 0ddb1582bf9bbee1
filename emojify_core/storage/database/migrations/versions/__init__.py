"""The steps, each named for the release in which it came and never changed afterwards."""
