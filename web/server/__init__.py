"""The WSGI server and what it prepares at start."""
