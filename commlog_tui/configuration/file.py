"""Read and write the settings file, with line numbers for error messages."""

import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from commlog_tui.configuration.folders import config_folder
from commlog_tui.configuration.rules import PREFIX, PROFILE_SETTINGS, RULES, TABLES, SettingsError, nearest

_CONFIG: Final = f"{PREFIX}CONFIG"
_NAME: Final = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEY: Final = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")
_TABLE: Final = re.compile(rf"\s*\[\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*\]")
_AT: Final = re.compile(r"\(at line (\d+)")

Name: TypeAlias = tuple[str, ...]


_NONE: Final[Mapping[Any, Any]] = {}


class SettingsFile:
    """The parsed settings file with the line of each name. Unknown names are rejected."""

    def __init__(
        self,
        path: Path,
        values: Mapping[str, object] = _NONE,
        keys: Mapping[str, object] = _NONE,
        *,
        profiles: Mapping[str, Mapping[str, object]] = _NONE,
        lines: Mapping[Name, int] = _NONE,
        mail: Mapping[str, object] = _NONE,
    ) -> None:
        self.path, self.values, self.keys = path, values, keys
        self.profiles, self.lines, self.mail = profiles, lines, mail

    def with_keys(self, keys: Mapping[str, object]) -> "SettingsFile":
        """Return the same with other keys of actions."""
        return SettingsFile(self.path, self.values, keys, profiles=self.profiles, lines=self.lines, mail=self.mail)

    def position(self, *name: str) -> str:
        """Return the file and line of a name, for messages."""
        line = self.lines.get(name)
        return f"{self.path}, line {line}" if line else str(self.path)


def config_file() -> Path:
    """Return the path of the settings file, whether it exists or not."""
    named = os.environ.get(_CONFIG)
    return Path(named) if named else config_folder() / "config.toml"


def read_file() -> SettingsFile:
    """Parse the settings file; empty if there is none.

    Raises:
        SettingsError: it cannot be read or has an unknown name. Values are never repeated.
    """
    path, text = config_file(), ""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return SettingsFile(path)
    except OSError as error:
        raise SettingsError(
            f"The settings file {path} cannot be read: {error.strerror}. Nothing was changed."
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsError(
            f"{path}, line {line}: this is not UTF-8, so not valid TOML. Nothing was changed."
        ) from None
    import tomllib  # noqa: PLC0415 - most people have no settings file

    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:  # its words repeat what is in the file
        at = _AT.search(str(error))
        line = int(at[1]) if at else len(text.splitlines())
        raise SettingsError(f"{path}, line {line}: this is not valid TOML. Nothing was changed.") from None
    file = SettingsFile(
        path,
        {name: value for name, value in given.items() if name not in TABLES},
        _table(given, "keys"),
        profiles={name: _table(_table(given, "profiles"), name) for name in _table(given, "profiles")},
        lines=_lines(text),
        mail=_table(given, "mail"),
    )
    _check_names(file, given)
    return file


def _table(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = given.get(name, {})
    return table if isinstance(table, dict) else {}


def _check_names(file: SettingsFile, given: Mapping[str, object]) -> None:
    for name in file.values:
        if name not in RULES:
            raise SettingsError(
                f"{file.position(name)}: there is no setting {_shown(name)}{nearest(name, (*RULES, *TABLES))}"
            )
    tables: dict[Name, object] = {(name,): given.get(name, {}) for name in TABLES}
    tables |= {("profiles", name): table for name, table in _table(given, "profiles").items()}
    for where, table in tables.items():
        if not isinstance(table, dict):
            heading = ".".join(where)
            raise SettingsError(
                f"{file.position(*where)}: {_shown(heading)} must be a table, headed [{_shown(heading)}]."
            )
    for profile, values in file.profiles.items():
        for name in values:
            if name not in PROFILE_SETTINGS:
                words = f"a profile has no setting {_shown(name)}{nearest(name, PROFILE_SETTINGS)}"
                raise SettingsError(f"{file.position('profiles', profile, name)}: {words}")


def _shown(name: str) -> str:
    """Return a name without control characters and with limited length."""
    return ascii(name)[1:-1][:60]


def _lines(text: str) -> dict[Name, int]:
    """Return the line of every key and table, found by scanning line by line."""
    found: dict[Name, int] = {}
    table: Name = ()
    for number, line in enumerate(text.split("\n"), 1):
        if heading := _TABLE.match(line):
            table = _parts(heading[1])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_parts(key[1])), number)
    return found


def _parts(dotted: str) -> Name:
    return tuple(part.strip("\"'") for part in re.findall(_NAME, dotted))


def write(values: Mapping[str, str | int], table: str = "") -> Path:
    """Write settings to the settings file, preserving all else, comments included. Return its path.

    With a table, such as ``keys``, they are written into that one.

    Raises:
        SettingsError: the file cannot be read as TOML, or cannot be written; it was left as it is.
    """
    import tomlkit  # noqa: PLC0415 - reading the settings needs none of it
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415 - as above

    from commlog_tui.private_files import make_folder, write_private  # noqa: PLC0415 - as above

    path = config_file()
    fresh = path.with_name(f"{path.name}.tmp")
    try:
        make_folder(path.parent)
        document = tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")
        target = document.setdefault(table, tomlkit.table()) if table else document
        if not isinstance(target, MutableMapping):
            raise SettingsError(f"{table} in the settings file {path} is no table, so the file was left as it is.")
        target.update(values)
        text = document.as_string()
        write_private(fresh, (text if text.endswith("\n") else f"{text}\n").encode())
        fresh.replace(path)
    except UnicodeDecodeError:
        raise SettingsError(f"The settings file {path} is not UTF-8, so it was left as it is.") from None
    except TOMLKitError:
        raise SettingsError(f"The settings file {path} is not valid TOML, so it was left as it is.") from None
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be written: {error.strerror}.") from None
    return path
