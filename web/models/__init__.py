"""Model versions: the API, the Models page, rollback."""
