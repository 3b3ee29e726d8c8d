"""Filters kept under a name, one file a log."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from commlog_tui.desk.filters import Filters, from_json, to_json
from commlog_tui.private_files import make_own_folder


class SavedFiltersError(Exception):
    """The filters cannot be kept; the sentence says why."""


class SavedFilters:
    """Named filters in a folder; nothing is read before it is asked for."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / "filters.json" if folder else None

    def load(self) -> dict[str, Filters]:
        """Return what is kept, by name. A file that is no such file holds nothing, and is left alone until the next save."""
        if self._path is None:
            return {}
        with suppress(OSError, ValueError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if isinstance(kept, dict):
                return {str(name): from_json(one) for name, one in sorted(kept.items()) if isinstance(one, dict)}
        return {}

    def save(self, name: str, filters: Filters) -> None:
        """Keep the filters under a name. Raises ``SavedFiltersError``."""
        self._write(self.load() | {name: filters})

    def forget(self, name: str) -> None:
        """Keep them no more. Raises ``SavedFiltersError``."""
        self._write({known: filters for known, filters in self.load().items() if known != name})

    def _write(self, named: Mapping[str, Filters]) -> None:
        if self._path is None:
            raise SavedFiltersError("There is no folder to keep filters in. Nothing was changed.")
        fresh = self._path.with_name(f"{self._path.name}.{uuid4().hex}.tmp")
        try:
            make_own_folder(self._path.parent)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # a search may be somebody's name
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump({name: to_json(filters) for name, filters in named.items()}, file)
            fresh.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise SavedFiltersError(f"The filters cannot be kept: {error.strerror}. Nothing was changed.") from None
