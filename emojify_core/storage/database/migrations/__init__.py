"""How the tables come to be, step by step, with Alembic.

`migrate.py` runs the steps that a database lacks. For a new one: change `tables.py`, add
`versions/vNNNN_what_it_does.py` beside the others; a test says what the two disagree about.
"""
