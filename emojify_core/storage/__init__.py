"""Where everything that must not be lost is kept: a database and a store of files."""
