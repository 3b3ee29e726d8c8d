"""From settings to where the desk looks, for the log it starts on and every one it is switched to.

Imports the standard library only: the service of a log of this machine is started before anything
else is loaded.
"""

from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from commlog_tui.cli.embedded import EmbeddedError, EmbeddedService
from commlog_tui.configuration.file import config_file
from commlog_tui.configuration.rules import SettingsError
from commlog_tui.configuration.sources import Configuration, configured
from commlog_tui.private_files import restrict_data, restrict_settings

if TYPE_CHECKING:
    from commlog_tui.desk.target import Profile, Target


def folder_name(name: str) -> str:
    """Return a folder name for a log, whatever characters its service's address has."""
    if name in {"demo", "local"}:
        return name
    from hashlib import sha256  # takes 2 ms

    readable = "".join(character if character.isalnum() else "-" for character in name.partition("://")[2])[:40]
    return f"{readable}-{sha256(name.encode()).hexdigest()[:12]}"


def log_name(configuration: Configuration) -> str:
    """Return the name of the log that is meant: ``demo``, ``local`` or its service's address."""
    mode = configuration.text("mode")
    return configuration.text("service") if mode == "service" else mode


class Opener:
    """Resolves the logs of profiles. At most one embedded service runs at a time."""

    def __init__(self, configuration: Configuration, database: Path | None = None) -> None:
        """Start the service over ``database`` where there is one. Raises ``EmbeddedError``."""
        restrict_data(configuration.data)
        restrict_settings(config_file())
        self._configuration = configuration
        self._first = self._database = database
        self._service: EmbeddedService | None = None
        if database is not None:
            self._service = EmbeddedService(database)
        self._lock = Lock()
        self._closed = False

    def profiles(self) -> "tuple[Profile, ...]":
        """Return the logs that the desk can switch to: its first one and the profiles."""
        from commlog_tui.desk.target import Profile

        started = self._configuration.text("profile")
        names = [name for name in self._configuration.profiles if name != started]
        saved = self._configuration.file.profiles
        return (
            Profile(started or "as started", log_name(self._configuration), self.target),
            *(Profile(name, _where(saved[name]), partial(self.target, name)) for name in names),
        )

    def target(self, profile: str = "") -> "Target":
        """Return where a profile's log is; without one, where the desk started. Called in a thread.

        Raises:
            TargetError: it cannot be opened; the sentence says why.
        """
        from commlog_tui.desk.target import Target, TargetError

        try:
            configuration = configured(profile=profile) if profile else self._configuration
            restrict_data(configuration.data)
            name = log_name(configuration)
            place = configuration.text("location") or None
            folder = folder_name(name)
            outbox, saved = configuration.data / "outbox" / folder, configuration.data / "desk" / folder
            if configuration.text("mode") == "service":
                self._turn_to(None)
                return Target(name, self._token(configuration), place, outbox, name, saved)
            database = configuration.database if profile or self._first is None else self._first
            if not database.exists():
                raise TargetError(
                    f"There is no log at {database} yet. Leave the desk, and run: commlog --profile {profile}"
                )
            service = self._turn_to(database)
            if service is None:
                raise TargetError("The desk is being closed.")
            return Target(service.base_url, service.token, place, outbox, name, saved, partial(_why_ended, service))
        except (EmbeddedError, SettingsError) as error:
            raise TargetError(str(error)) from None

    def service_of(self, database: Path) -> tuple[str, str] | None:
        """Return the address and token of a log's service, or None unless it runs just now."""
        with self._lock:
            service = self._service if self._database == database else None
        try:
            return None if service is None else (service.base_url, service.token)
        except EmbeddedError:
            return None

    def _turn_to(self, database: Path | None) -> EmbeddedService | None:
        with self._lock:
            if database != self._database:
                if self._service is not None:
                    self._service.close()
                self._service = self._database = None
                if database is not None and not self._closed:
                    self._service, self._database = EmbeddedService(database), database
            return self._service

    def _token(self, configuration: Configuration) -> str:
        """Return a service's saved token. The settings' token is for the first service only."""
        from commlog_tui.cli.credentials import find_token
        from commlog_tui.desk.target import TargetError

        service = configuration.text("service")
        given = self._configuration.text("token") if service == self._configuration.text("service") else ""
        token = given or find_token(service)
        if not token:
            raise TargetError(
                f"There is no token for {service}. Set COMMLOG_TOKEN and run: commlog --service {service}"
            )
        return token

    def close(self) -> None:
        """End the service, if one runs, and start no other."""
        with self._lock:
            self._closed = True
            if self._service is not None:
                self._service.close()


def _why_ended(service: EmbeddedService) -> str:
    try:
        service.check()
    except EmbeddedError as error:
        return str(error)
    return ""


def _where(saved: object) -> str:
    given = saved if isinstance(saved, dict) else {}
    return str(given.get("service") or given.get("mode") or given.get("data") or given.get("location") or "")
