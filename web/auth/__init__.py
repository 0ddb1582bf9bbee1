"""Who makes a request: clients, API keys, the administrator, sign-in."""
