"""Resolve settings in order of precedence: flags, environment, file, defaults."""

import os
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from commlog_tui.configuration.file import SettingsFile, read_file
from commlog_tui.configuration.rules import PREFIX, RULES, SettingsError, nearest
from commlog_tui.demo import file_name

DEFAULT: Final = "default"
_SECRETS: Final = frozenset({"token", "resend_secret"})
_PASSWORD: Final = re.compile(r"^(smtps?://[^:@/]*:)[^@]*@", re.IGNORECASE)
_OF_TESTS: Final = f"{PREFIX}TEST_"
"""Variables that tell the tests something, such as which database server to use. None is a setting."""

Layer: TypeAlias = Mapping[str, tuple[object, str]]
"""The settings of one source: value and origin by name."""


class Value:
    """A validated value and its origin: a flag, a variable, a line of the file, or the default."""

    def __init__(self, given: object, origin: str) -> None:
        """Take a value, or a function that returns it when it is asked for."""
        self._given, self.origin = given, origin

    @property
    def value(self) -> object:
        """The value."""
        return self._given() if callable(self._given) else self._given


class Configuration(NamedTuple):
    """All resolved settings and the settings file."""

    settings: Mapping[str, Value]
    file: SettingsFile

    def text(self, name: str) -> str:
        """Return a setting as text."""
        return str(self.settings[name].value)

    @property
    def data(self) -> Path:
        """The folder of the local log, the demo and the outbox."""
        return Path(self.text("data"))

    @property
    def database(self) -> Path:
        """The file of the log of this machine that is meant."""
        return self.data / (file_name() if self.text("mode") == "demo" else "log.db")

    @property
    def profiles(self) -> tuple[str, ...]:
        """The names of the profiles in the file, in its order."""
        return tuple(self.file.profiles)


def configured(**flags: str) -> Configuration:
    """Resolve all settings.

    A service named by a flag or variable overrides the mode of a weaker source. A profile has the
    precedence of the source that selects it.

    Raises:
        SettingsError: a setting is unknown or invalid; the message says where.
    """
    file = read_file()
    file_layer = {name: (value, file.position(name)) for name, value in file.values.items()}
    layers: list[Layer] = [_flags(flags), _environment(), file_layer]
    naming = next((at for at, layer in enumerate(layers) if "profile" in layer), None)
    if naming is not None:
        # After what names it, yet before what the file says outside of it.
        layers.insert(min(naming + 1, layers.index(file_layer)), _profile(file, *layers[naming]["profile"]))
    settings = {name: _first(name, layers) for name in RULES}
    settings["mode"] = _mode(layers) or settings["mode"]
    _check_service(settings)
    if settings["service"].origin.startswith("profile ") and settings["token"].origin.startswith(str(file.path)):
        settings["token"] = Value("", f"default: the token in {settings['token'].origin}, is for the service beside it")
    return Configuration(settings, file)


def _flags(given: Mapping[str, str]) -> Layer:
    named = {"mode": "--demo" if given.get("mode") == "demo" else "--service"}
    return {name: (value, f"flag {named.get(name, f'--{name}')}") for name, value in given.items() if value}


def _environment() -> Layer:
    known = {rule.variable: name for name, rule in RULES.items()}
    for name in os.environ:
        if not name.upper().startswith(PREFIX) or name.upper().startswith(_OF_TESTS):
            continue
        if name.upper() not in {*known, f"{PREFIX}CONFIG"}:
            raise SettingsError(f"The environment has an unknown setting {name}{nearest(name.upper(), known)}")
    return {
        known[name.upper()]: (value, f"environment {name}")
        for name, value in os.environ.items()
        if name.upper() in known and value
    }


def _profile(file: SettingsFile, named: object, origin: str) -> Layer:
    name = str(_checked("profile", named, origin).value)
    if not name:
        return {}
    if name not in file.profiles:
        known = nearest(name, file.profiles) if file.profiles else f": {file.path} has none."
        raise SettingsError(f"{origin}: there is no profile {name}{known}")
    position = partial(file.position, "profiles", name)
    return {key: (value, f"profile {name}, {position(key)}") for key, value in file.profiles[name].items()}


def _first(name: str, layers: list[Layer]) -> Value:
    for layer in layers:
        if name in layer:
            return _checked(name, *layer[name])
    return Value(RULES[name].default, DEFAULT)


def _checked(name: str, value: object, origin: str) -> Value:
    try:
        return Value(RULES[name].check(value), origin)
    except ValueError as error:
        raise SettingsError(f"{origin}: {name} {error}. Nothing was changed.") from None


def _mode(layers: list[Layer]) -> Value | None:
    for layer in layers:
        if "mode" in layer:
            return _checked("mode", *layer["mode"])
        if "service" in layer:
            return Value("service", layer["service"][1])
    return None


def _check_service(settings: Mapping[str, Value]) -> None:
    if settings["mode"].value == "service" and not settings["service"].value:
        words = "The setting mode is service, but no service is named. Set service, or run: commlog --service URL"
        raise SettingsError(f"{words} (mode comes from {settings['mode'].origin})")


def shown_settings(configuration: Configuration) -> Iterator[tuple[str, object, str]]:
    """Yield name, displayable value and origin of each setting. Secrets are hidden."""
    for name, setting in configuration.settings.items():
        value = setting.value
        if name in _SECRETS and value:
            value = "(hidden)"
        elif name == "smtp_url":
            value = _PASSWORD.sub(r"\1(hidden)@", str(value))
        yield name, value if isinstance(value, int) else str(value), setting.origin
    for action, keys in configuration.file.keys.items():
        yield f"keys.{action}", str(keys), configuration.file.position("keys", action)
    for name, pattern in configuration.file.mail.items():
        for kind, value in pattern.items() if isinstance(pattern, Mapping) else [("", pattern)]:
            parts = ("mail", name, kind) if kind else ("mail", name)
            yield ".".join(parts), str(value), configuration.file.position(*parts)
