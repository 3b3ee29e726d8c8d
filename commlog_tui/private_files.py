"""Folders and files that only their owner can use, whatever the umask is.

Imports the standard library only.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import IO, Any, Final

from commlog_tui.operating_system import is_open_to_others, is_shared_folder

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
_OURS: Final = ("*.db", "*.db-wal", "*.db-shm", "*.db.*", "*.key", "*.hooks*", "*.log", "*.lock", "*.json")
"""Files of ours in a data folder, which may be one that holds others as well."""
_NAME: Final = "commlog"
_TREES: Final = ("outbox", "desk")
_BESIDE_SETTINGS: Final = ("tokens.json", "known-logs.txt")


def make_folder(folder: Path) -> list[Path]:
    """Make a folder and missing parents; return the new ones. Raises ``OSError``.

    The innermost one comes first.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    if not missing and not folder.is_dir():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))
    for one in reversed(missing):
        one.mkdir(FOLDER_MODE, exist_ok=True)
    return missing


def make_own_folder(folder: Path) -> list[Path]:
    """Make a private folder as ``make_folder`` does, or restrict an existing one."""
    missing = make_folder(folder)
    restrict(folder)
    return missing


def open_private(path: Path, mode: str, **options: Any) -> IO[Any]:  # noqa: ANN401 - handed through to open
    """Open a file that only its owner can use, made or restricted as needed. Raises ``OSError``."""

    def opener(name: str, flags: int) -> int:
        descriptor = os.open(name, flags, FILE_MODE)
        with suppress(OSError):
            _restrict(descriptor, os.fstat(descriptor))
        return descriptor

    return open(path, mode, opener=opener, **options)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can use. Raises ``OSError``."""
    with open_private(path, "wb") as file:
        file.write(content)


def write_new_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can use, durably, and whole or not at all.

    Raises:
        FileExistsError: there is one already.
        OSError: it cannot be written.
    """
    fresh = path.with_name(f".{path.name[:100]}.{os.urandom(16).hex()}")
    try:
        fresh.touch(mode=FILE_MODE, exist_ok=False)
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            raise FileExistsError(f"{path} is there already")
        fresh.replace(path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def restrict(path: Path) -> None:
    """Remove other users' access to a file or folder. Missing or foreign ones are left alone."""
    with suppress(OSError):
        _restrict(path, path.lstat())


def restrict_database(database: Path) -> None:
    """Restrict a log file with what belongs to it."""
    names = (database.name, f"{database.name}-wal", f"{database.name}-shm")
    for path in (*map(database.with_name, names), database.with_suffix(".key"), database.with_suffix(".service.log")):
        restrict(path)


def restrict_settings(file: Path) -> None:
    """Restrict the settings file and what is beside it, and its folder where that is ours."""
    for path in (file, *map(file.with_name, _BESIDE_SETTINGS), *([file.parent] if file.parent.name == _NAME else [])):
        restrict(path)


def restrict_data(folder: Path) -> None:
    """Restrict the permissions of a data folder and of our files in it."""
    with suppress(OSError):
        if is_shared_folder(folder.lstat()) or folder.resolve() in {Path.home(), Path("/")}:
            return  # a folder for everybody, or for more than us
        restrict(folder)
        for path in folder.iterdir():
            if path.name in _TREES:
                for one in _tree(path):
                    restrict(one)
            elif any(fnmatch(path.name, pattern) for pattern in _OURS):
                restrict(path)


def _tree(folder: Path) -> Iterator[Path]:
    yield folder
    for inside, folders, files in os.walk(folder):
        yield from (Path(inside, name) for name in (*folders, *files))


def _restrict(path: Path | int, state: os.stat_result) -> None:
    mode = FOLDER_MODE if stat.S_ISDIR(state.st_mode) else FILE_MODE if stat.S_ISREG(state.st_mode) else None
    if mode is not None and is_open_to_others(state):
        os.chmod(path, mode)  # noqa: PTH101 - takes a descriptor, too
