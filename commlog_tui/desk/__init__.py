"""The terminal application: it sees the log only through the client."""
