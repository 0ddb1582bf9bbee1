"""The identity of a request: clients, API keys, the administrator, sign-in."""
