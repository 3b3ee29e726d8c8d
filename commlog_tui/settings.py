"""Settings: flags over environment over TOML file over defaults."""

import os
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from typing_extensions import override

_PREFIX: Final = "COMMLOG_"


class SettingsError(Exception):
    """The settings cannot be used; the sentence says which and why."""


def config_file() -> Path:
    """Return where the settings file is, or would be."""
    named = os.environ.get(f"{_PREFIX}CONFIG")
    return Path(named) if named else platformdirs.user_config_path("commlog") / "config.toml"


class Settings(BaseSettings):
    """What can be set."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="forbid")

    mode: Literal["ask", "demo", "local", "service"] = Field(
        "ask", description="What `commlog` opens: the demo, the log on this machine, or a service. Asked once, then kept here."
    )
    service: str = Field("", description="Address of a service, such as `https://log.example.com`.", examples=["none"])
    location: str = Field("", description="Location to open, where there are several.", examples=["the only one"])
    data: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("commlog"),
        description="Folder of the local log, the demo and the outbox.",
        examples=["the platform's data folder"],
    )
    token: str = Field(
        "", description="Token for the service, where it is not kept in the keyring.", examples=["none"], repr=False
    )

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
        """Return the sources, strongest first."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config_file())

    @property
    def database(self) -> Path:
        """The file of the local log."""
        return self.data / "log.db"


def load(**flags: str) -> Settings:
    """Return the settings in force. Raises ``SettingsError``."""
    _check_file()
    try:
        return Settings(**{name: value for name, value in flags.items() if value})  # type: ignore[arg-type] # checked by pydantic
    except ValidationError as error:
        name = ".".join(map(str, error.errors()[0]["loc"]))
        raise SettingsError(f"The setting {name!r} has a value that cannot be used. Nothing was changed.") from None


def _check_file() -> None:
    path = config_file()
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}. Nothing was changed.") from None
    for name in given:
        if name not in Settings.model_fields:
            near = get_close_matches(name, Settings.model_fields, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise SettingsError(f"The settings file {path} has an unknown setting {name!r}.{hint}")


def write(values: dict[str, Any]) -> Path:
    """Write the settings file anew with these values; return where it is."""
    path = config_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{name} = {_toml(str(value))}" for name, value in values.items() if value]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def settings_table() -> str:
    """Return the README's table of settings."""
    rows = ["| setting | environment | default | meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.examples[0] if field.examples else f"`{field.default}`"
        rows.append(f"| `{name}` | `{_PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)
