"""The user's folders of settings and of data, as platformdirs has them.

That library is loaded only where they are not plainly the ones of XDG: it would take as long as all
other settings.
"""

import os
import sys
from pathlib import Path
from typing import Final

_NAME: Final = "commlog"


def config_folder() -> Path:
    """Return the folder of the settings file."""
    if base := _xdg("XDG_CONFIG_HOME", ".config"):
        return base / _NAME
    import platformdirs  # noqa: PLC0415 - see above

    return platformdirs.user_config_path(_NAME)


def data_folder() -> Path:
    """Return the folder of the local log."""
    if base := _xdg("XDG_DATA_HOME", ".local/share"):
        return base / _NAME
    import platformdirs  # noqa: PLC0415 - see above

    return platformdirs.user_data_path(_NAME)


def documents_folder() -> Path:
    """Return the folder in the user's documents that sheets and exports go to."""
    import platformdirs  # noqa: PLC0415 - see above

    return platformdirs.user_documents_path() / _NAME


def _xdg(variable: str, below_home: str) -> Path | None:
    """Return a folder of the XDG Base Directory Specification; None where it takes more to find it."""
    home, named = os.environ.get("HOME", ""), os.environ.get(variable, "")
    if sys.platform != "linux" or hasattr(sys, "getandroidapilevel"):
        return None
    return Path(named) if named.startswith("/") else Path(home, below_home) if home.startswith("/") else None
