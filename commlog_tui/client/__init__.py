"""The log seen from outside: its API as calls, its failures as a few errors, and the outbox."""
