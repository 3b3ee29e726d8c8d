"""The location as the desk knew it last, kept so that it can write while the service is away."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from commlog_tui.private_files import make_own_folder

if TYPE_CHECKING:
    from commlog_tui.contract.location import LocationDetail, Me

_FILE: Final = "location.json"


def remember(folder: Path, service: str, me: "Me", place: "LocationDetail") -> None:
    """Save the desk's location for its user alone. Failures are ignored."""
    known = {"service": service, "me": me.model_dump(mode="json"), "place": place.model_dump(mode="json")}
    fresh = folder / f"{_FILE}.{uuid4().hex}.tmp"
    with suppress(OSError):
        make_own_folder(folder)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(known, file)
        fresh.replace(folder / _FILE)


def recall(folder: Path, service: str, location: str | None) -> "tuple[Me, LocationDetail] | None":
    """Return the identity and location last used with this service, or None."""
    from commlog_tui.contract.location import LocationDetail, Me

    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        me, place = Me.model_validate(known["me"]), LocationDetail.model_validate(known["place"])
        if known["service"] == service and location in {None, place.location.id}:
            return me, place
    return None
