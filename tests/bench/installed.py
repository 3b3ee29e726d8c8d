"""Other people's programs: from the package registry, each in an environment of its own, or of the system."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

import platformdirs

CACHE: Final = platformdirs.user_cache_path("commlog-bench")
_REQUIREMENTS: Final = {"vd": "visidata>=3,<4", "posting": "posting>=2,<3", "harlequin": "harlequin>=2,<3"}
_INSTALL_SECONDS: Final = 600


def on_path(command: str) -> Path | None:
    """Return a command that the system has; None, said out loud, where it has none."""
    if found := shutil.which(command):
        return Path(found)
    print(f"SKIPPED {command}: it is not installed (it is a package of the system's)", file=sys.stderr)
    return None


def installed(command: str) -> Path | None:
    """Return a peer's command, installed first where it is missing.

    None, said out loud, where it cannot be had.
    """
    home = CACHE / command
    path = home / "bin" / command
    if path.exists() and _runs(path):
        return path
    print(f"installing {_REQUIREMENTS[command]} in {home}", file=sys.stderr)
    venv.create(home, with_pip=True, clear=True)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", "--compile", _REQUIREMENTS[command]]
    try:
        done = subprocess.run(pip, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        print(f"SKIPPED {command}: it could not be installed in {_INSTALL_SECONDS} s", file=sys.stderr)
        return None
    if done.returncode or not _runs(path):
        last = (done.stderr.strip().splitlines() or ["it does not run"])[-1]
        print(f"SKIPPED {command}: {last}", file=sys.stderr)
        return None
    return path


def _runs(path: Path) -> bool:
    return subprocess.run([str(path), "--help"], capture_output=True, check=False).returncode == 0
