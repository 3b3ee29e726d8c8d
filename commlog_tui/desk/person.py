"""Who is at the keyboard of a desk that several people share."""

from dataclasses import dataclass


@dataclass(slots=True)
class DeskPerson:
    """The name that writes are made with; empty as long as nobody has given one."""

    name: str = ""
