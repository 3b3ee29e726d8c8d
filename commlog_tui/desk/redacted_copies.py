"""Removes local copies after a redaction, from outbox and saved views, and names the rest."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commlog_tui.desk.saved_views import SavedViews, SavedViewsError
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from textual.app import App

    from commlog_tui.client.log_client import LogClient
    from commlog_tui.client.outbox import Outbox
    from commlog_tui.desk.preferences import Preferences
    from commlog_tui.desk.session import Session

_READ_SECONDS: Final = 30.0
_LARGEST_BUNDLE: Final = 64 << 20


async def remove_copies(client: "LogClient", location: str, outbox: "Outbox") -> list[str]:
    """Remove the outbox's copies of redacted entries. Return sentences about it."""
    from commlog_tui.client.errors import ClientError
    from commlog_tui.client.outbox_copies import OutboxError, remove_redacted, unreadable

    words = []
    try:
        removed = await remove_redacted(client, location, outbox)
        if removed.files:
            words.append(
                f"{_files(removed.files)} of the outbox, with what was typed about it, {_was(removed.files)} removed."
            )
        words += [
            f"{path} was saved by a newer commlog and left alone; it still holds a copy." for path in removed.left
        ]
    except (ClientError, OutboxError) as error:
        words.append(f"The outbox may still hold a copy: {error}")
    closed = await asyncio.to_thread(unreadable, outbox)
    return [*words, *(f"{path} cannot be read, and may hold a copy." for path in closed)]


async def remove_searches(client: "LogClient", location: str, folder: Path | None, *, hide: bool = False) -> list[str]:
    """Remove saved views in a folder that match nothing in the log any more. Return sentences.

    With ``hide``, they count the views instead of naming them.
    """
    from commlog_tui.client.errors import ClientError

    try:
        if names := await _forget_searches(client, location, SavedViews(folder)):
            listed = str(len(names)) if hide else ", ".join(f"“{name}”" for name in names)
            return [f"Saved views that find nothing any more were removed: {listed}."]
    except (ClientError, SavedViewsError) as error:
        return [f"Saved views may still hold what was searched for: {error}"]
    return []


def kept_sheets(folder: Path | None, ids: Collection[str]) -> list[str]:
    """Return a sentence that names the proof sheets of these entries, which are not deleted."""
    sheets = ", ".join(map(str, _sheets(folder, ids)))
    return [f"Proof sheets made before are kept, and still show it: {sheets}."] if sheets else []


async def tidy(app: "App[None]", preferences: "Preferences", session: "Session", entry_id: str = "") -> None:
    """Remove local copies of a redacted entry, or of all redacted while closed; say so."""
    hide = getattr(app, "is_private", False)
    words = await remove_copies(session.client, session.location, session.outbox)
    if entry_id:
        words += await remove_searches(session.client, session.location, preferences.folder, hide=hide)
        words += await asyncio.to_thread(kept_sheets, preferences.proof_folder, [entry_id])
    if words:
        app.notify("\n".join(map(safe, words)), title="Redacted", timeout=_READ_SECONDS, markup=False)


async def _forget_searches(client: "LogClient", location: str, saved: SavedViews) -> list[str]:
    """Remove the saved views whose text or customer is nowhere in the log. Return their names."""
    from commlog_tui.contract.query import EntryQuery

    gone = []
    for name, view in (await asyncio.to_thread(saved.load)).items():
        filters = view.filters
        searches: list[tuple[str, str]] = [("q", filters.q), ("customer_id", filters.customer)]
        searches += [(name, getattr(filters, name)) for name in ("to", "title", "code")]
        searches += [(_PERSONAL[one.field], one.value) for one in filters.excluded if one.field in _PERSONAL]
        for field, text in searches:
            if text and not (await client.page(location, EntryQuery.model_validate({field: text}), limit=1)).entries:
                gone.append(name)
                break
    for name in gone:
        await asyncio.to_thread(saved.forget, name)
    return gone


_PERSONAL: Final = {"to": "to", "customer": "customer_id", "title": "title", "code": "code"}
"""Fields that may be excluded by personal data, each with the parameter that finds it."""


def _sheets(folder: Path | None, ids: Collection[str]) -> list[Path]:
    """Return the proof sheets, and their bundles, that show any of these entries."""
    if folder is None:
        return []
    wanted = [one.encode() for one in ids]
    found = []
    for bundle in sorted(folder.glob("proof-*.json")):
        try:
            if bundle.stat().st_size > _LARGEST_BUNDLE or any(one in bundle.read_bytes() for one in wanted):
                found += [path for path in (bundle.with_suffix(".pdf"), bundle) if path.exists()]
        except OSError:
            found.append(bundle)
    return found


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
