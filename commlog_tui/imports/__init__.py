"""Existing history, read from files into entries. Pure but for reading."""
