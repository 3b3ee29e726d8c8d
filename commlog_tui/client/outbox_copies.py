"""Find copies of entries in the outbox's folder, and remove those whose entry was redacted.

Items of a newer version are never deleted: they are named, to be removed by whoever can read them.

An item is a copy of an entry under its key, or a correction of it. A file without a readable item
(set aside as damaged, or left half written) is a copy if its name or text has the entry's id.
"""

import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commlog_tui.client.errors import ClientError, NotFoundError
from commlog_tui.client.outbox import Outbox, OutboxError

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient

_ID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_OF_NAME: Final = re.compile(_ID)
_OF_TEXT: Final = re.compile(rb'"entry_id"\s*:\s*"(' + _ID.encode() + rb')"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Removed:
    """What became of the copies of redacted entries."""

    files: int
    left: tuple[Path, ...]
    """Items of a newer version."""


def copies(outbox: Outbox) -> dict[str, list[Path]]:
    """Return the files that are copies of an entry, by the entry's id."""
    found: dict[str, list[Path]] = defaultdict(list)
    items = {outbox.path(item.key): item for item in outbox.items()}
    for path in outbox.files():
        ids = {path.name[:36]} if _OF_NAME.fullmatch(path.name[:36]) else set()
        if item := items.get(path):
            ids |= {item.entry_id} if item.entry_id else set()
        else:
            with suppress(OSError):  # ``unreadable`` tells of it
                ids |= {match.decode().lower() for match in _OF_TEXT.findall(path.read_bytes())}
        for one in ids:
            found[one].append(path)
    return dict(found)


def unreadable(outbox: Outbox) -> tuple[Path, ...]:
    """Return the files that cannot be opened."""

    def is_closed(path: Path) -> bool:
        try:
            path.open("rb").close()
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False

    return tuple(path for path in outbox.files() if is_closed(path))


async def remove_redacted(client: "LogClient", location: str, outbox: Outbox) -> Removed:
    """Remove every copy of an entry that is redacted in the log, except those of a newer version.

    Raises:
        ClientError: the log could not be queried for all of them.
        OutboxError: a file cannot be removed.
    """
    removed, error = 0, None
    newer, left = frozenset(outbox.newer()), set[Path]()
    for entry_id, paths in copies(outbox).items():
        try:
            detail = await client.detail(location, entry_id)
        except NotFoundError:
            continue  # not in the log yet, or of another location
        except ClientError as trouble:
            error = trouble
            continue
        if detail.entry.redacted:
            removed += outbox.remove(path for path in paths if path not in newer)
            left |= newer.intersection(paths)
    if error is not None:
        raise error
    return Removed(removed, tuple(sorted(left)))


__all__ = ["OutboxError", "Removed", "copies", "remove_redacted", "unreadable"]
