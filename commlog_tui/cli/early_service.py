"""The embedded service, started before the command that uses it is loaded: both take as long."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from commlog_tui.cli.embedded import EmbeddedError, EmbeddedService
from commlog_tui.configuration.rules import SettingsError
from commlog_tui.configuration.sources import Configuration, configured
from commlog_tui.private_files import restrict_data

_COMMANDS: Final = frozenset({
    "list", "show", "customers", "tail", "add", "who", "why", "stats", "status", "resend",
    "task", "handover", "customer", "contact", "preference",
})  # fmt: skip
"""Commands, and groups of them, that ask a service whatever their options are."""
_FLAGS: Final = ("service", "location", "profile")
_waiting: dict[Path, EmbeddedService] = {}
"""The service that no command has taken yet, by its file."""


@contextmanager
def started_early(arguments: Sequence[str]) -> Iterator[None]:
    """Start the service of the log that a command line means, if it will need one; end it unless it was taken."""
    try:
        if _COMMANDS.intersection(arguments) and "--help" not in arguments:
            _start(arguments)
        yield
    finally:
        while _waiting:
            _waiting.popitem()[1].close()


def service_over(database: Path) -> EmbeddedService:
    """Return a service over a log file: the one that was started early, or a new one. Raises ``EmbeddedError``."""
    return _waiting.pop(database, None) or EmbeddedService(database)


def _start(arguments: Sequence[str]) -> None:
    """Start a service where nothing is in the way; else the command says what is."""
    try:
        configuration = _configuration(arguments)
        database = configuration.database
        if configuration.text("mode") in {"demo", "local"} and database.exists():
            restrict_data(configuration.data)
            _waiting[database] = EmbeddedService(database)
    except (EmbeddedError, SettingsError, OSError):
        return


def _configuration(arguments: Sequence[str]) -> Configuration:
    """Return the settings with the flags that say which log is meant. Raises ``SettingsError``."""
    flags = dict.fromkeys(_FLAGS, "")
    for argument, following in zip(arguments, (*arguments[1:], ""), strict=True):
        option, is_whole, value = argument.partition("=")
        if (name := option.removeprefix("--")) in flags and option != name:
            flags[name] = value if is_whole else following
    mode = "demo" if "--demo" in arguments else "service" if flags["service"] else ""
    return configured(mode=mode, **flags)
