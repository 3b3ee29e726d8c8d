"""The settings, typed, as the command line uses them. What they mean and where they come from: ``configuration``."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from commlog_tui.configuration.file import config_file, write
from commlog_tui.configuration.rules import SettingsError, service_address, settings_table
from commlog_tui.configuration.sources import configured


class Settings(BaseSettings):
    """What is set."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    mode: Literal["ask", "demo", "local", "service"]
    service: str
    location: str
    data: Path
    token: str = Field(repr=False)
    profile: str
    page_size: Literal[25, 50, 100, 200]
    theme: str
    booking_url: str
    own_addresses: str
    hide_after: int
    proof_folder: Path

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return our own source, which knows flags, environment, file and profiles."""
        return (_Configured(settings_cls, init_settings()),)

    @property
    def database(self) -> Path:
        """The file of the local log."""
        return self.data / "log.db"


class _Configured(PydanticBaseSettingsSource):
    def __init__(self, settings_cls: type[BaseSettings], flags: dict[str, Any]) -> None:
        super().__init__(settings_cls)
        self._settings = configured(**flags).settings

    @override
    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return self._settings[field_name].value, field_name, False

    @override
    def __call__(self) -> dict[str, Any]:
        return {name: setting.value for name, setting in self._settings.items()}


def load(**flags: str) -> Settings:
    """Return the settings in force.

    Raises:
        SettingsError: a setting is unknown or has a value that cannot be used; the sentence says where.
    """
    return Settings(**flags)  # type: ignore[arg-type] # flags are checked by their rules


__all__ = [
    "Settings",
    "SettingsError",
    "config_file",
    "load",
    "service_address",
    "settings_table",
    "write",
]
