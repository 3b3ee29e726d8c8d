"""How long a test waits for a condition before it fails."""

from typing import Final

PATIENCE: Final = 120.0
"""Seconds. It ends a test that hangs, and proves nothing: on a busy machine anything may take long."""
