"""What a shift is as the desk knows it, and what becomes of it before the log has answered."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from commlog_tui.text.days import DayError, parse_day, parse_moment, span
from commlog_tui.text.handover import Shift

if TYPE_CHECKING:
    from pathlib import Path

    from commlog_tui.contract.handover import Handover
    from commlog_tui.desk.session import Session


async def load_shift(session: "Session", since: datetime | None = None) -> Shift:
    """Return the shift as it is now."""
    from commlog_tui.client.errors import ClientError
    from commlog_tui.evidence.shift import gather_shift

    with suppress(ClientError):  # those that are known are shown; the shift says what is missing
        await session.load_tasks()
    items = await asyncio.to_thread(session.outbox.items)
    now, tasks = datetime.now(UTC), session.tasks.tasks
    return await gather_shift(session.client, session.place.location, items, now, since=since, known_tasks=tasks)


def understand_since(text: str, session: "Session") -> datetime:
    """Return the instant that a shift begins at. Raises ``DayError``."""
    now = datetime.now(UTC)
    try:
        moment = parse_moment(text, session.zone, now)
    except DayError as error:
        try:
            day = parse_day(text, now.astimezone(session.zone).date())
        except DayError:
            raise error from None
        moment = span(day, None, session.zone)[0] or now
    if moment > now:
        raise DayError("That is still to come; a shift begins before now.")
    return moment


def signed(key: str, shift: Shift, session: "Session", words: str) -> "Handover":
    """Return a handover as the log will have it, before it is sent."""
    from commlog_tui.contract.handover import Handover, HandoverCounts
    from commlog_tui.contract.identity import id_of_key
    from commlog_tui.contract.person import actor_words

    name, person = session.me.name, session.desk_person.name
    return Handover(
        id=id_of_key(key),
        location=session.location,
        seq=0,
        since=shift.since,
        until=shift.until,
        words=words or None,
        counts=HandoverCounts.model_validate(shift.counts),
        unknown=tuple(sorted(shift.unknown)),
        actor=actor_words(name, person) if person else name,
        recorded_at=datetime.now(UTC),
    )


def taken(key: str, handover: "Handover", session: "Session", name: str) -> "Handover":
    """Return a handover as it will be once it is known that somebody takes it over."""
    from commlog_tui.contract.handover import Taking
    from commlog_tui.contract.identity import id_of_key

    made = {"id": id_of_key(key), "seq": 0, "actor": session.me.name, "recorded_at": datetime.now(UTC)}
    taking = Taking.model_validate(made | {"name": name})
    return handover.model_copy(update={"taken": (*handover.taken, taking)})


def write_sheet(shift: Shift, session: "Session", folder: "Path") -> "Path":
    """Write a shift as a PDF that only its owner can read, and return where. Raises ``OSError``."""
    from uuid import uuid4

    from commlog_tui.evidence.handover_sheet import render_handover
    from commlog_tui.private_files import make_folder, write_new_private

    now = datetime.now(UTC)
    pdf = render_handover(shift, session.zone, now)
    make_folder(folder)
    path = folder / f"handover-{session.location}-{now.astimezone(session.zone):%Y%m%d-%H%M%S}.pdf"
    path = path.with_stem(f"{path.stem}-{uuid4().hex[:8]}") if path.exists() else path
    write_new_private(path, pdf)
    return path
