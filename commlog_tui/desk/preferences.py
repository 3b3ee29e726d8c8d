"""User preferences, which are read before the first frame without heavy imports."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple


class SettingField(NamedTuple):
    """A setting that can be changed at the desk, by the same rule as in the settings file."""

    name: str
    words: str
    value: str
    check: Callable[[object], object]
    """Return the value that a text means. Raises ``ValueError`` with words that follow the name."""
    choices: tuple[str, ...] = ()
    """The values there are; empty for a line of text."""
    origin: str = ""
    """Where the value comes from if that is stronger than the settings file, such as the environment."""
    is_immediate: bool = True
    """Whether a change takes effect at once; otherwise with the next start."""


class Preferences(NamedTuple):
    """How the desk looks and what its keys are."""

    page_size: int = 50
    """Entries a page: 25, 50, 100 or 200."""
    theme: str = ""
    """Name of a theme; empty for the desk's own choice."""
    density: str = "auto"
    """``auto``, ``comfortable`` or ``compact``."""
    times: str = "location"
    """Zone that times are shown in at first: ``location`` or ``utc``."""
    booking_url: str = ""
    """Address of a booking in the booking system, with ``{reference}`` or ``{code}`` in it."""
    hide_after: int = 0
    """Minutes without a key after which names, addresses and numbers are hidden; 0 for never."""
    due_signal: str = ""
    """What a task that becomes due does beside the bar: ``bell``, ``flash`` or nothing."""
    people: tuple[str, ...] = ()
    """Names of those who share this desk."""
    ask_person_after: int = 0
    """Minutes without a key after which the desk asks who is there before it writes; 0 for never."""
    columns: str = ""
    """Columns of the table with their widths, see ``text.columns``; empty for the usual ones."""
    first_view: str = ""
    """Name of the saved view that is shown at start; empty for the log itself."""
    call: str = ""
    """Number that is calling: the desk begins with whoever has it."""
    keys: Mapping[str, str] = MappingProxyType({})
    """Action id to keys, as Textual's keymaps have them."""
    folder: Path | None = None
    """Where saved views, and what was shown once, are kept; None keeps nothing."""
    machine_folder: Path | None = None
    """Folder of machine-wide state, such as that the first steps were shown. None saves nothing."""
    proof_folder: Path | None = None
    """Where proof sheets go; None makes none."""
    export_folder: Path | None = None
    """Folder of exports; None makes none."""
    keep: Callable[[str, str | int], object] | None = None
    """Keeps a setting for the next time, by its name, and returns it as these preferences have it;
    raises an error whose words can be shown."""
    keep_keys: Callable[[str, str], Mapping[str, str]] | None = None
    """Keeps the keys of an action and returns all keys that were changed; raises as ``keep``."""
    fields: tuple[SettingField, ...] = ()
    """The settings that can be changed at the desk."""
    elsewhere: str = ""
    """Which settings cannot, and why; a line for each reason."""
