"""The columns of a table: how their cells read, and which one holds the texts."""
