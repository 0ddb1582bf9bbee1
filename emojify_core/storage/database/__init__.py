"""The SQL database: engine, dialects, tables, migrations, transactions."""
