"""Starts the system: the local run, Flower, containers and AWS."""
