"""Resolve entry ids, whole or abbreviated as ``commlog list`` prints them."""

import re
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.cli.connection import Session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import say, stopped
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.base import is_uuid
from commlog_tui.contract.location import Location
from commlog_tui.text.hygiene import cut, safe
from commlog_tui.text.moments import local

SHORTEST: Final = 4
_BEGINNING: Final = re.compile(rf"([0-9a-f]-?){{{SHORTEST - 1},31}}[0-9a-f]-?", re.ASCII | re.IGNORECASE)
_TITLE: Final = 60


async def whole_id(session: Session, text: str) -> str:
    """Return the id of the one entry whose id begins with this, see ``entry_id_at``."""
    return await entry_id_at(session.client, session.location, text)


async def entry_id_at(client: LogClient, location: Location, text: str) -> str:
    """Return the id of the one entry of a location whose id begins with this.

    Raises:
        Exit: there is none, or more than one; the words say which.
    """
    text = text.strip()
    if is_uuid(text) or not _BEGINNING.fullmatch(text):
        return text  # the service says what is wrong with it
    found = await client.matching_ids(location.id, text.rstrip("-"))
    if len(found.ids) == 1 and not found.more:
        return found.ids[0]
    if not found.ids:
        raise stopped(f"No entry has an id that begins with {text}.", ExitCode.NOTHING)
    many = f"More than {len(found.ids)}" if found.more else f"{len(found.ids)}"
    say(f"{many} entries have ids that begin with {text}. Give more of the id:")
    zone = ZoneInfo(location.zone)
    for entry_id in found.ids:
        entry = (await client.detail(location.id, entry_id)).entry
        say(f"  {entry_id}  {local(entry.sent_at, zone)}  {cut(safe(entry.title), _TITLE)}")
    raise stopped("Nothing was done.", ExitCode.USAGE)
