"""A sample location, generated from a fixed seed.

Imports nothing heavy: the name of its file is needed early.
"""

from typing import Final

SEED: Final = 1
LAYOUT: Final = 2
"""Version of the file: a demo of another layout is generated anew, beside the old one."""


def file_name(seed: int = SEED) -> str:
    """Return the file name of the demo for a seed."""
    return f"demo-{LAYOUT}-{seed}.db"
