"""Settings: flags over environment over TOML file over defaults."""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final, Literal

import platformdirs
from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from typing_extensions import override

_PREFIX: Final = "COMMLOG_"
_CONFIG: Final = f"{_PREFIX}CONFIG"
_ADDRESS: Final = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?", re.ASCII | re.IGNORECASE)


class SettingsError(Exception):
    """The settings cannot be used; the sentence says which and why."""


def config_file() -> Path:
    """Return where the settings file is, or would be."""
    named = os.environ.get(_CONFIG)
    return Path(named) if named else platformdirs.user_config_path("commlog") / "config.toml"


def service_address(text: str) -> str:
    """Return an address in the one form that tokens and outboxes are kept under. Raises ``ValueError``."""
    address = text.strip().rstrip("/")
    if address and not _ADDRESS.fullmatch(address):
        raise ValueError("must be an address such as https://log.example.com")
    return address


class Settings(BaseSettings):
    """What can be set."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    mode: Literal["ask", "demo", "local", "service"] = Field(
        "ask", description="What `commlog` opens: the demo, the log on this machine, or a service. Asked once, then kept here."
    )
    service: Annotated[str, AfterValidator(service_address)] = Field(
        "", description="Address of a service, such as `https://log.example.com`.", examples=["none"]
    )
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
    """Return the settings in force.

    Whoever names a service by a flag or in the environment means that service, whatever mode the file keeps.

    Raises:
        SettingsError: a setting is unknown or has a value that cannot be used; the sentence says where.
    """
    given = {name: value for name, value in flags.items() if value}
    _check_environment()
    kept = _check_file()
    if "mode" not in given and not os.environ.get(f"{_PREFIX}MODE"):
        named = given.get("service") or os.environ.get(f"{_PREFIX}SERVICE")
        if named or (kept.get("service") and "mode" not in kept):
            given["mode"] = "service"
    try:
        settings = Settings(**given)  # type: ignore[arg-type] # checked by pydantic
    except ValidationError as error:
        fault = error.errors()[0]
        name = str(fault["loc"][0])
        words = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input ")
        raise SettingsError(f"The setting {name} {_origin(name, given, kept)} {words}. Nothing was changed.") from None
    if settings.mode == "service" and not settings.service:
        raise SettingsError("The setting mode is service, but no service is named. Set service, or run: commlog --service URL")
    return settings


def _origin(name: str, flags: Mapping[str, object], kept: Mapping[str, object]) -> str:
    if name in flags:
        return "on the command line"
    if os.environ.get(f"{_PREFIX}{name.upper()}"):
        return f"in the environment ({_PREFIX}{name.upper()})"
    return f"in {config_file()}" if name in kept else "by default"


def _check_environment() -> None:
    known = {_CONFIG, *(f"{_PREFIX}{name.upper()}" for name in Settings.model_fields)}
    for name in os.environ:
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            raise SettingsError(f"The environment has an unknown setting {name}.{_nearest(name.upper(), known)}")


def _check_file() -> Mapping[str, object]:
    path = config_file()
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error.strerror}. Nothing was changed.") from None
    except ValueError:  # both a TOML and a Unicode error; their words repeat what is in the file
        raise SettingsError(f"The settings file {path} is not valid TOML. Nothing was changed.") from None
    for name in given:
        if name not in Settings.model_fields:
            raise SettingsError(f"The settings file {path} has an unknown setting {name}.{_nearest(name, Settings.model_fields)}")
    return given


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f" Did you mean {near[0]}?" if near else f" Known are: {', '.join(sorted(known))}."


def write(values: Mapping[str, str]) -> Path:
    """Keep these settings in the settings file, beside what else is in it; return where it is.

    Raises:
        SettingsError: the file cannot be written.
    """
    path = config_file()
    fresh = path.with_name(f"{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        said = re.compile(rf"\s*({'|'.join(map(re.escape, values))})\s*=")
        lines = [*(line for line in lines if not said.match(line)), *(f"{name} = {_toml(text)}" for name, text in values.items())]
        fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be written: {error.strerror}.") from None
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
