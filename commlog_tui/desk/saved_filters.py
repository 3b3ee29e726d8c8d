"""Filters kept under a name, one file a log."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from commlog_tui.desk.filters import Filters, from_json, is_of_newer, to_json
from commlog_tui.private_files import make_own_folder


class SavedFiltersError(Exception):
    """The filters cannot be kept; the sentence says why."""


class SavedFilters:
    """Named filters in a folder; nothing is read before it is asked for."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / "filters.json" if folder else None

    def load(self) -> dict[str, Filters]:
        """Return saved filters by name.

        An unreadable file counts as empty, and is left alone until the next save.
        """
        saved = self._read()
        return (
            {name: from_json(one) for name, one in sorted(saved.items()) if not _is_newer(one)}
            if isinstance(saved, dict)
            else {}
        )

    def newer(self) -> list[str]:
        """Return the names of filters of a newer version, which are not offered but preserved."""
        saved = self._read()
        return sorted(name for name, one in saved.items() if _is_newer(one)) if isinstance(saved, dict) else []

    def save(self, name: str, filters: Filters) -> None:
        """Keep the filters under a name. Raises ``SavedFiltersError``."""
        self._write(self._changeable(name) | {name: to_json(filters)})

    def forget(self, name: str) -> None:
        """Keep them no more. Raises ``SavedFiltersError``."""
        self._write({known: saved for known, saved in self._changeable(name).items() if known != name})

    def _read(self) -> Any:  # noqa: ANN401 - whatever the file holds
        """Return what the file holds; nothing, where there is none or it is not JSON."""
        if self._path is not None:
            with suppress(OSError, ValueError, RecursionError):
                return json.loads(self._path.read_text(encoding="utf-8"))
        return {}

    def _changeable(self, name: str) -> dict[str, Any]:
        """Return the file's content. Raises if it, or this name, is of a newer version."""
        saved = self._read()
        if not isinstance(saved, dict):
            raise SavedFiltersError("A newer commlog keeps filters in this file. Nothing was changed; update commlog.")
        if name in saved and _is_newer(saved[name]):
            raise SavedFiltersError(
                "A newer commlog keeps filters under this name. Nothing was changed; choose another."
            )
        return saved

    def _write(self, named: dict[str, Any]) -> None:
        if self._path is None:
            raise SavedFiltersError("There is no folder to keep filters in. Nothing was changed.")
        fresh = self._path.with_name(f"{self._path.name}.{uuid4().hex}.tmp")
        try:
            make_own_folder(self._path.parent)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # a search may be somebody's name
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(named, file)
            fresh.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise SavedFiltersError(f"The filters cannot be kept: {error.strerror}. Nothing was changed.") from None


def _is_newer(saved: Any) -> bool:  # noqa: ANN401 - whatever the file holds
    return not isinstance(saved, dict) or is_of_newer(saved)
