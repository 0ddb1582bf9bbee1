"""What the tests share: real servers and processes, a browser, and waiting with a deadline."""
