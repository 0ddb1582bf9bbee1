"""The migrations of the tables, with Alembic.

`migrate.py` runs those that a database lacks. To add one: change `tables.py` and add
`versions/vNNNN_what_it_does.py`. A test reports differences between the two.
"""
