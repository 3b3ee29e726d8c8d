"""Where the desk is to look: known before anything heavy is loaded."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class TargetError(Exception):
    """There is no service to look at; the sentence says why."""


class Target(NamedTuple):
    """A service, a token, and where the outbox for it lies."""

    base_url: str
    token: str
    location: str | None
    outbox: Path
    name: str
    folder: Path | None = None
    """Where what the desk keeps for this log lies; None where it keeps nothing."""
    why_ended: Callable[[], str] = str
    """Return why a service of this machine has ended, as a sentence; empty while it runs, and for others."""


class Profile(NamedTuple):
    """A log that the desk can switch to.

    ``resolve`` is called in a thread, and raises ``TargetError``.
    """

    name: str
    where: str
    resolve: Callable[[], Target]
