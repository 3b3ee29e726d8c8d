"""The view of the log: table, filters and detail."""
