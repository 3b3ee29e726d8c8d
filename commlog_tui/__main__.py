"""``python -m commlog_tui``."""
