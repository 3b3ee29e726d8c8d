"""The command line: it knows every wing, and nothing knows it."""
