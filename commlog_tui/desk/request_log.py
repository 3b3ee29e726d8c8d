"""The desk's request log: ids, routes, status and time, for troubleshooting.

Its ids are in the service's log, too. It never holds text, names, addresses, numbers or tokens: see
``client.trace``.
"""

import logging
import time
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final, cast

from typing_extensions import override

from commlog_tui.private_files import make_own_folder, open_private

FILE: Final = "desk.log"
_LOGGER: Final = logging.getLogger("commlog_tui")
_LARGEST: Final = 256 << 10
"""Bytes, of each of two files."""


class _Handler(RotatingFileHandler):
    @override
    def _open(self) -> TextIOWrapper:
        return cast(
            "TextIOWrapper",
            open_private(Path(self.baseFilename), self.mode, encoding=self.encoding, errors=self.errors),
        )

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        """Do without: a full disk is no reason to write across the screen."""


def keep_log(folder: Path) -> None:
    """Write the log into this folder from now on. A folder that fails is ignored."""
    stop_log()
    try:
        make_own_folder(folder)
    except OSError:
        return
    handler = _Handler(
        folder / FILE, maxBytes=_LARGEST, backupCount=1, encoding="utf-8", errors="backslashreplace", delay=True
    )
    handler.setFormatter(logging.Formatter("at=%(asctime)sZ %(message)s", "%Y-%m-%dT%H:%M:%S"))
    handler.formatter.converter = time.gmtime  # type: ignore[union-attr] # set above
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)
    _LOGGER.propagate = False


def stop_log() -> None:
    """Close the log."""
    _LOGGER.propagate = True
    _LOGGER.setLevel(logging.NOTSET)
    for handler in [one for one in _LOGGER.handlers if isinstance(one, _Handler)]:
        _LOGGER.removeHandler(handler)
        handler.close()
