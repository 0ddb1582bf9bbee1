"""What starts the system: the local run, Flower and the proxy."""
