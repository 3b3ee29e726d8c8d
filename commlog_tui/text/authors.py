"""Who wrote a record, in words that say what is claimed."""

from typing import Protocol

from commlog_tui.text.hygiene import safe


class Written(Protocol):
    """A record with its author."""

    @property
    def actor(self) -> str:
        """The token's name, with a name given at the desk in brackets."""
        ...

    @property
    def person(self) -> str | None:
        """The name given at the desk."""
        ...


def author(record: Written) -> str:
    """Return who wrote a record; of a name that was given at the desk, that it was."""
    return f"{safe(record.actor)}, name given at the desk" if record.person else safe(record.actor)
