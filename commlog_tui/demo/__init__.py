"""A believable location, generated from a seed. Loads nothing: the name of its file is asked for before anything is."""

from typing import Final

SEED: Final = 1
LAYOUT: Final = 2
"""The version of the tables, as the store counts them: a demo of another layout is made anew, beside the old one."""


def file_name(seed: int = SEED) -> str:
    """Return the name of the file that holds the location of a seed."""
    return f"demo-{LAYOUT}-{seed}.db"
