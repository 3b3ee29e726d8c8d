"""What can be recorded and what a record means: the functional core.

No I/O, no clock, no randomness of its own.
"""
