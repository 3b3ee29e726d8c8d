"""Self-contained widgets: told things by calls, telling things by messages."""
