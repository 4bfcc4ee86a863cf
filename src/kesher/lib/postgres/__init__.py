"""The database backend of Django's settings: its own for PostgreSQL, with another pool."""
