"""Views saved under a name: filters, what they are fixed on, and columns. One file a log."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from commlog_tui.desk.filters import Filters, from_json, is_of_newer, to_json, words_of, words_without_names
from commlog_tui.desk.reader.state import Scope
from commlog_tui.private_files import make_own_folder
from commlog_tui.text.hygiene import safe
from commlog_tui.text.privacy import MASK

_SCOPE: Final = "scope"
_HEADING: Final = "heading"
_COLUMNS: Final = "columns"


class SavedViewsError(Exception):
    """The views cannot be saved; the sentence says why."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """What is saved under a name."""

    filters: Filters = field(default_factory=Filters)
    """All filters, those of the scope among them: version 0.1.0 knows nothing else."""
    scope: Filters = field(default_factory=Filters)
    """The customer or booking that the view is fixed on; empty for a view of the log."""
    heading: str = ""
    """Heading of a view that is fixed on something."""
    columns: tuple[str, ...] = ()
    """Columns of the table with their widths, as the table names them; empty for the default ones."""

    @property
    def own_filters(self) -> Filters:
        """The filters beside those of the scope."""
        return self.filters.beside(self.scope) if self.scope else self.filters

    def to_scope(self) -> Scope:
        """Return what a view of it is fixed on."""
        from commlog_tui.contract.query import EntryQuery

        if self.scope.customer:
            query = EntryQuery(customer_id=self.scope.customer)
        elif self.scope.reference:
            query = EntryQuery(reference=self.scope.reference)
        else:
            query = EntryQuery(q=self.scope.q)
        return Scope(query, safe(self.heading), self.scope)

    def words(self, *, private: bool = False) -> str:
        """Return in one line what the view shows."""
        own = self.own_filters
        filters = (words_without_names(own) if private else words_of(own)) if own else ""
        heading = (MASK if private else safe(self.heading)) if self.scope else ""
        columns = "own columns" if self.columns else ""
        return "  ".join(filter(None, (heading, filters, columns))) or "no filters"


class SavedViews:
    """Named views in a folder. The file is read when it is needed, not before."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / "filters.json" if folder else None

    def load(self) -> dict[str, SavedView]:
        """Return saved views by name.

        An unreadable file counts as empty, and is left alone until the next save.
        """
        saved = self._read()
        if not isinstance(saved, dict):
            return {}
        return {name: _view(one) for name, one in sorted(saved.items()) if not _is_newer(one)}

    def newer(self) -> list[str]:
        """Return the names of views of a newer version, which are not offered but preserved."""
        saved = self._read()
        return sorted(name for name, one in saved.items() if _is_newer(one)) if isinstance(saved, dict) else []

    def save(self, name: str, view: SavedView) -> None:
        """Save a view under a name. Raises ``SavedViewsError``."""
        self._write(self._changeable(name) | {name: _values(view)})

    def forget(self, name: str) -> None:
        """Delete a saved view. Raises ``SavedViewsError``."""
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
            raise SavedViewsError("A newer commlog keeps views in this file. Nothing was changed; update commlog.")
        if name in saved and _is_newer(saved[name]):
            raise SavedViewsError("A newer commlog keeps a view under this name. Nothing was changed; choose another.")
        return saved

    def _write(self, named: dict[str, Any]) -> None:
        if self._path is None:
            raise SavedViewsError("There is no folder to save views in. Nothing was changed.")
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
            raise SavedViewsError(f"The view cannot be saved: {error.strerror}. Nothing was changed.") from None


def _values(view: SavedView) -> dict[str, Any]:
    """Return a view as it is stored: the filters at the top, as 0.1.0 has them, and the rest beside them."""
    values = to_json(view.filters)
    if view.scope:
        values[_SCOPE] = {**to_json(view.scope), _HEADING: view.heading}
    if view.columns:
        values[_COLUMNS] = list(view.columns)
    return values


def _view(values: dict[str, Any]) -> SavedView:
    """Return a stored view. Of a scope or columns of another shape, nothing is used."""
    scope, columns = values.get(_SCOPE), values.get(_COLUMNS)
    return SavedView(
        from_json(values),
        from_json(scope) if isinstance(scope, dict) else Filters(),
        str(scope.get(_HEADING, "")) if isinstance(scope, dict) else "",
        tuple(map(str, columns)) if isinstance(columns, list) else (),
    )


def _is_newer(saved: Any) -> bool:  # noqa: ANN401 - whatever the file holds
    if not isinstance(saved, dict):
        return True
    scope = saved.get(_SCOPE, {})
    rest = {name: value for name, value in saved.items() if name not in {_SCOPE, _COLUMNS}}
    if not isinstance(scope, dict):
        return True
    return is_of_newer(rest) or is_of_newer({name: value for name, value in scope.items() if name != _HEADING})
