"""Who may do what: identity, API keys, sessions, sign-in."""
