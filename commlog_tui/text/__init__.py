"""External text, sanitized and measured in terminal cells. Pure; for screen and paper."""
