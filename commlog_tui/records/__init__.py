"""The functional core: what can be recorded and what records mean.

No I/O, no clock, no randomness of its own.
"""
