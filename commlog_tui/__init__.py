"""commlog: a communication log, and the desk to read and write it."""

__version__ = "0.1.0"
