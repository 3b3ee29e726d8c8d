"""The record: one protocol, and the databases that keep it."""
