"""The record in a PostgreSQL database. The only place for psycopg."""
