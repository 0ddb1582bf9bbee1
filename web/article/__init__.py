"""The two routes of the tutorial article, on the same queues."""
