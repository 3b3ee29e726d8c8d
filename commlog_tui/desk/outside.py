"""What leaves the desk by other ways than the log: the clipboard and the browser."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import quote

from commlog_tui.operating_system import own_session

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry


class BookingAddressError(ValueError):
    """There is no address to open; the sentence says why."""


def copied(name: str, environment: Mapping[str, str]) -> str:
    """Return the message after a copy. Terminals (OSC 52) do not confirm it."""
    if environment.get("TERM_PROGRAM") == "Apple_Terminal":
        return f"{name} could not be copied: Apple's Terminal takes nothing from programs. Select it with the mouse."
    if environment.get("TMUX"):
        return f"{name} went to the clipboard, if tmux passes it on (set -g set-clipboard on)."
    return f"{name} went to the clipboard, if your terminal allows it."


def booking_address(pattern: str, entry: "Entry") -> str:
    """Return the address of an entry's booking in the booking system.

    Raises:
        BookingAddressError: no pattern is set, or the entry lacks what it needs.
    """
    if not pattern:
        raise BookingAddressError(
            "Where bookings are is not set. Set booking_url, such as https://bookings.example/{reference}."
        )
    known = {"{reference}": entry.reference, "{code}": entry.code}
    for mark, value in known.items():
        if mark in pattern and not value:
            raise BookingAddressError(f"This entry has no booking {mark.strip('{}')}, which the address needs.")
        pattern = pattern.replace(mark, quote(value or "", safe=""))
    return pattern


def has_browser(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether a browser would open beside the terminal, and not inside it or on another machine."""
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return False
    return platform in {"darwin", "win32"} or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def open_command(path: Path, platform: str, environment: Mapping[str, str], *, folder: bool = False) -> list[str]:
    """Return the command that opens a file, or shows it in its folder; empty where nothing can be opened."""
    if not has_browser(platform, environment):
        return []
    whole = str(path.absolute())
    match platform:
        case "darwin":
            command = ["open", "-R", whole] if folder else ["open", whole]
        case "win32":
            command = ["explorer", f"/select,{whole}"] if folder else ["explorer", whole]
        case _:
            command = ["xdg-open", str(path.absolute().parent) if folder else whole]
    return command if shutil.which(command[0], path=environment.get("PATH")) else []


def run_beside(command: list[str]) -> bool:
    """Start a program beside the desk, which writes nothing on the screen; whether it could be started."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **own_session(),
        )
    except OSError:
        return False
    Thread(target=process.wait, daemon=True).start()  # nothing of it is left when it has ended
    return True
