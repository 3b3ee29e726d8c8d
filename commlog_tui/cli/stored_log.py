"""The log that a command of an owner works on: a file, or a database on a server."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from typing_extensions import override

from commlog_tui.cli.connection import TargetOptions
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.log_file import is_there, require_may_create
from commlog_tui.cli.words import say, stopped
from commlog_tui.configuration.known_logs import remember
from commlog_tui.configuration.sources import Configuration

if TYPE_CHECKING:
    from commlog_tui.store.auditing import Audit
    from commlog_tui.store.hooks import Hooks
    from commlog_tui.store.protocol import Store
    from commlog_tui.store.signing import KeyFile

LOG = typer.Option(
    None,
    "--database",
    help="The log: a file, sqlite: with its path, or postgresql://; by default the file in the data folder.",
    show_default=False,
)


@dataclass(frozen=True)
class StoredLog:
    """Where a log is stored, and where its keys are."""

    url: str | Path
    is_named: bool
    """Whether it was given on the command line."""

    @property
    def path(self) -> Path | None:
        """The file of a log in SQLite; None for one on a server."""
        return self.url if isinstance(self.url, Path) else None

    @override
    def __str__(self) -> str:
        """Return the path or URL as it may be displayed."""
        from commlog_tui.store.opening import shown

        return shown(self.url)

    def open(
        self, *, create: bool = False, progress: Callable[[int, int], None] = lambda _done, _total: None
    ) -> "Store":
        """Open the log. Raises ``LogError``."""
        from commlog_tui.store.opening import open_store

        return open_store(self.url, create=create, progress=progress)

    def audit(self) -> "AbstractContextManager[Audit]":
        """Open the log to check it. Raises ``StoreUnavailableError``."""
        from commlog_tui.store.opening import open_audit

        return open_audit(self.url)

    def prepare_service(self) -> None:
        """Warn of what makes serving less safe. Raises ``StoreUnavailableError`` where it is not to be."""
        from commlog_tui.store.opening import prepare_service

        if warning := prepare_service(self.url):
            say(warning)

    def keys(self) -> "KeyFile":
        """Return its keys."""
        from commlog_tui.store.opening import open_keys

        return open_keys(self.url)

    def hooks(self) -> "Hooks":
        """Return its webhooks."""
        from commlog_tui.store.opening import open_hooks

        return open_hooks(self.url)

    def may_create(self, *, create: bool, settings: Configuration | None = None) -> bool:
        """Whether the log is to be made; end the command where it is missing and may not be made."""
        if self.path is None or is_there(self.path):
            return False
        require_may_create(self.path, named=self.is_named, create=create, settings=settings)
        return True

    def require(self) -> None:
        """End the command where there is no such file."""
        if self.path is not None and not self.path.exists():
            words = f"There is no log at {self.path}. Nothing was made; commlog location add --create makes one."
            raise stopped(words, ExitCode.USAGE)

    def remember(self) -> None:
        """Remember that there is a log at this path."""
        if self.path is not None:
            remember(self.path)


def stored_log(ctx: typer.Context, url: str | None) -> StoredLog:
    """Return the log that a command is for; end the command where the URL names none."""
    from commlog_tui.store.errors import StoreUnavailableError
    from commlog_tui.store.opening import has_password, is_postgresql, sqlite_path

    options: TargetOptions = ctx.obj
    if url is None:
        return StoredLog(options.settings().database, is_named=False)
    if is_postgresql(url):
        if has_password(url):
            say(
                "The password in --database is visible to every user of this machine. Leave it out of the URL, and put "
                "it into PGPASSFILE or PGPASSWORD."
            )
        return StoredLog(url, is_named=True)
    try:
        return StoredLog(sqlite_path(url), is_named=True)
    except StoreUnavailableError as error:
        raise stopped(str(error), ExitCode.USAGE) from None
