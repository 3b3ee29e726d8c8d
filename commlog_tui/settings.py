"""Typed settings of the command line. ``configuration`` defines meanings and sources."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from commlog_tui.configuration.file import config_file, write
from commlog_tui.configuration.reference import settings_table
from commlog_tui.configuration.rules import SettingsError, service_address
from commlog_tui.configuration.sources import configured


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is set; each value was checked by its rule."""

    mode: Literal["ask", "demo", "local", "service"]
    service: str
    location: str
    data: Path
    token: str = field(repr=False)
    profile: str
    page_size: Literal[25, 50, 100, 200]
    theme: str
    density: Literal["auto", "comfortable", "compact"]
    times: Literal["location", "utc"]
    booking_url: str
    own_addresses: str
    hide_after: int
    due_signal: str
    people: str
    ask_person_after: int
    columns: str
    first_view: str
    proof_folder: Path
    export_folder: Path
    smtp_url: str = field(repr=False)
    smtp_from: str
    resend_webhook: str
    resend_secret: str = field(repr=False)
    expectations: str

    @property
    def database(self) -> Path:
        """The file of the local log."""
        return self.data / "log.db"

    @property
    def expectations_file(self) -> Path:
        """The file that says which messages every booking should get; it may be missing."""
        named = self.expectations
        return Path(named).expanduser() if named else config_file().with_name("expectations.toml")


def load(**flags: str) -> Settings:
    """Return the settings in force.

    Raises:
        SettingsError: a setting is unknown or has a value that cannot be used; the sentence says
            where.
    """
    values: dict[str, Any] = {name: setting.value for name, setting in configured(**flags).settings.items()}
    return Settings(**values)


__all__ = [
    "Settings",
    "SettingsError",
    "config_file",
    "load",
    "service_address",
    "settings_table",
    "write",
]
