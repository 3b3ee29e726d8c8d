"""Who is at the keyboard of a desk that several people share, remembered for the shift."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from commlog_tui.private_files import make_own_folder, write_private
from commlog_tui.text.hygiene import safe

_FILE: Final = "person.json"
_MOST_KNOWN: Final = 9


@dataclass(slots=True)
class DeskPerson:
    """The name that writes are made with; empty as long as nobody has given one."""

    name: str = ""
    known: tuple[str, ...] = ()
    """Names that were typed at this desk, the latest first."""
    folder: Path | None = field(default=None, repr=False)
    """Where this is remembered; None remembers nothing."""

    @classmethod
    def recall(cls, folder: Path | None) -> "DeskPerson":
        """Return who was here last; nobody if that is not known."""
        if folder is not None:
            with suppress(OSError, ValueError, KeyError, TypeError):
                saved = json.loads((folder / _FILE).read_text(encoding="utf-8"))
                return cls(str(saved["name"]), tuple(map(str, saved["known"]))[:_MOST_KNOWN], folder)
        return cls(folder=folder)

    def choices(self, people: Sequence[str]) -> tuple[str, ...]:
        """Return the names to offer: those that are set, then those that were typed."""
        return tuple(dict.fromkeys((*people, *self.known)))[:_MOST_KNOWN]

    def be(self, name: str, people: Sequence[str] = ()) -> None:
        """Write with this name from now on; empty for none. It is remembered as far as the disk allows."""
        self.name = name
        if name and name not in people:
            self.known = (name, *(one for one in self.known if one != name))[:_MOST_KNOWN]
        if self.folder is not None:
            with suppress(OSError):
                make_own_folder(self.folder)
                fresh = self.folder / f"{_FILE}.tmp"
                write_private(fresh, json.dumps({"name": self.name, "known": self.known}).encode())
                fresh.replace(self.folder / _FILE)


def bar_person(name: str) -> str:
    """Return what the bar says of who is at the keyboard."""
    return f"{safe(name)} writes" if name else ""
