"""A sample location, generated from a fixed seed.

Imports nothing heavy: the name of its file is needed early.
"""

import re
from typing import Final

SEED: Final = 1
LOCATION: Final = "demo"
PACE: Final = 60
"""Seconds of a live day that pass in a second."""
LAYOUT: Final = 3
"""Version of the file: a demo of another layout is generated anew, beside the old one."""


def file_name(seed: int = SEED) -> str:
    """Return the file name of the demo for a seed."""
    return f"demo-{LAYOUT}-{seed}.db"


def is_demo_file(name: str) -> bool:
    """Return whether a file name is that of a demo."""
    return re.fullmatch(rf"demo-{LAYOUT}-\d+\.db", name) is not None
