"""Opens a log by its URL, the one place that selects the database and the key file.

A path, or ``sqlite:`` with a path (``sqlite:///absolute``, ``sqlite:relative``), is a SQLite file.
``postgresql://`` is a database on a server, with the parameters that libpq knows; the keys of such a
log are in a file below the user's data folder, named by the log's id.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from commlog_tui.records.kinds import KINDS, Kinds
from commlog_tui.store.errors import StoreUnavailableError

if TYPE_CHECKING:
    from commlog_tui.store.auditing import Audit
    from commlog_tui.store.hooks import Hooks
    from commlog_tui.store.protocol import Store
    from commlog_tui.store.signing import KeyFile
    from commlog_tui.store.transfer import Setup, Target

StoreUrl = str | PathLike[str]
_POSTGRESQL: Final = frozenset({"postgresql", "postgres"})


def open_store(
    url: StoreUrl,
    *,
    create: bool = True,
    clock: Callable[[], datetime] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    kinds: Kinds = KINDS,
) -> "Store":
    """Open the log at a URL; with ``create``, make it where it is missing.

    The clock is asked exactly once for every record written, in their order. ``progress`` is called
    with the records done and their total while projections of an earlier version are rebuilt.
    ``kinds`` are those of record that are known.

    Raises:
        LogError: it cannot be opened or made, or this version has no database of that sort.
    """
    if is_postgresql(url):
        from commlog_tui.store.postgresql.store import PostgresStore  # noqa: PLC0415 - nor does SQLite need psycopg

        return PostgresStore.open(fspath(url), create=create, clock=clock, kinds=kinds)
    path = sqlite_path(url)
    from commlog_tui.store.sqlite.store import SqliteStore, utc_now  # noqa: PLC0415 - another store needs no SQLite

    return SqliteStore.open(
        path,
        create=create,
        clock=clock or utc_now,
        progress=progress,
        kinds=kinds,
        make_cursor_key=open_keys(url).cursor_key,
    )


def open_keys(url: StoreUrl) -> "KeyFile":
    """Return the keys of the log at a URL. Raises ``StoreUnavailableError`` as ``open_store``."""
    from commlog_tui.store.signing import (  # noqa: PLC0415 - what is only written to needs no keys
        KeyFile,
        SharedKeyFile,
    )

    return (SharedKeyFile if is_postgresql(url) else KeyFile)(_file_of(url, ".key"))


def open_hooks(url: StoreUrl) -> "Hooks":
    """Return the webhooks of the log at a URL. Raises ``StoreUnavailableError`` as ``open_store``."""
    if is_postgresql(url):
        from commlog_tui.store.postgresql.hooks import HookTable  # noqa: PLC0415 - SQLite needs no psycopg

        return HookTable(fspath(url))
    from commlog_tui.store.hook_file import HookFile  # noqa: PLC0415 - what only reads needs no webhooks

    return HookFile(_file_of(url, ".hooks"))


def open_audit(url: StoreUrl) -> "AbstractContextManager[Audit]":
    """Open the log at a URL to check it. Raises ``StoreUnavailableError`` if it is no log of this layout."""
    if is_postgresql(url):
        from commlog_tui.store.postgresql import audit  # noqa: PLC0415 - nor does SQLite need psycopg

        return audit.opened(fspath(url))
    from commlog_tui.store.sqlite.audit import opened  # noqa: PLC0415 - another store needs no SQLite

    return opened(sqlite_path(url))


def read_setup(url: StoreUrl) -> "Setup":
    """Return what an owner has set up in the log at a URL. Raises ``StoreUnavailableError``."""
    if is_postgresql(url):
        from commlog_tui.store.postgresql import transfer as server  # noqa: PLC0415 - nor does SQLite need psycopg

        return server.setup_of(fspath(url))
    from commlog_tui.store.sqlite import transfer  # noqa: PLC0415 - another store needs no SQLite

    return transfer.setup_of(sqlite_path(url))


def open_target(url: StoreUrl, source: StoreUrl) -> "AbstractContextManager[Target]":
    """Open the database at a URL to copy a log into, made where it is missing, with the source's keys.

    Raises ``StoreUnavailableError``.
    """
    if is_postgresql(url):
        from commlog_tui.store.postgresql import transfer as server  # noqa: PLC0415 - nor does SQLite need psycopg
        from commlog_tui.store.postgresql.store import file_of_log  # noqa: PLC0415 - likewise
        from commlog_tui.store.signing import copy_keys  # noqa: PLC0415 - likewise

        return server.target_at(fspath(url), lambda log: copy_keys(_file_of(source, ".key"), file_of_log(log, ".key")))
    from commlog_tui.store.sqlite import transfer  # noqa: PLC0415 - another store needs no SQLite

    return transfer.target_at(sqlite_path(url))


def copy_files(source: StoreUrl, target: StoreUrl, log: str) -> None:
    """Copy keys and webhooks of a log to its copy. Raises ``OtherLogError`` where there are others."""
    from commlog_tui.store.signing import copy_keys  # noqa: PLC0415 - what is only written to needs no keys

    open_keys(source).load(f"commlog/{log}")  # makes the first one of a file
    copy_keys(_file_of(source, ".key"), _file_of(target, ".key"))
    hooks, copied = open_hooks(source), open_hooks(target)
    for hook in hooks.all():
        copied.set(hook)
    hooks.close()
    copied.close()


def prepare_service(url: StoreUrl) -> str:
    """Check what serving a log needs beside the log itself; return a warning, or "".

    Raises ``StoreUnavailableError`` where the signing key of a log on a server is missing, or the
    role to serve as is bound by no guard of the database.
    """
    if not is_postgresql(url):
        return ""
    from commlog_tui.store.postgresql.connection import connect, parameters  # noqa: PLC0415 - an extra
    from commlog_tui.store.postgresql.server_checks import require_bounded_role  # noqa: PLC0415 - an extra
    from commlog_tui.store.postgresql.store import log_id  # noqa: PLC0415 - an extra

    open_keys(url).load(f"commlog/{log_id(fspath(url))}")
    with connect(parameters(fspath(url))) as connection:
        return require_bounded_role(connection)


def has_password(url: StoreUrl) -> bool:
    """Whether a URL has a password in it."""
    parts = urlsplit(fspath(url))
    return bool(parts.password) or "password=" in parts.query


def shown(url: StoreUrl) -> str:
    """Return a URL as it may be displayed: without user, password and parameters."""
    if not is_postgresql(url):
        return fspath(url)
    parts = urlsplit(fspath(url))
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def is_postgresql(url: StoreUrl) -> bool:
    """Whether a URL names a database of PostgreSQL."""
    return urlsplit(fspath(url)).scheme in _POSTGRESQL


def _file_of(url: StoreUrl, suffix: str) -> Path:
    """Return the file with a suffix that belongs to a log, beside it or in the user's data folder."""
    if not is_postgresql(url):
        return sqlite_path(url).with_suffix(suffix)
    from commlog_tui.store.postgresql.store import file_of_log, log_id  # noqa: PLC0415 - SQLite needs no psycopg

    return file_of_log(log_id(fspath(url)), suffix)


def sqlite_path(url: StoreUrl) -> Path:
    """Return the file of a log in SQLite.

    Raises ``StoreUnavailableError`` for the URL of another database.
    """
    text = fspath(url)
    parts = urlsplit(text)
    if parts.scheme == "sqlite":
        if not parts.path or parts.netloc or parts.query or parts.fragment:
            raise StoreUnavailableError(
                "A SQLite log is named by its path: sqlite:///folder/log.db. Nothing was opened."
            )
        return Path(unquote(parts.path))
    if parts.scheme in _POSTGRESQL:
        raise StoreUnavailableError("This is no file, but a database on a server. Nothing was opened.")
    if "://" in text:
        raise StoreUnavailableError(
            f"No log can be kept at a URL that begins with {parts.scheme}://. Nothing was opened."
        )
    if not text:
        raise StoreUnavailableError("This names no file. Nothing was opened.")
    return Path(text)
