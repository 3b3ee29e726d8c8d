"""Where the desk is to look: known before anything heavy is loaded."""

from dataclasses import dataclass
from pathlib import Path


class TargetError(Exception):
    """There is no service to look at; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """A service, a token, and where the outbox for it lies."""

    base_url: str
    token: str
    location: str | None
    outbox: Path
    name: str
