"""A resend as the log answers it, and the entries that resends have made."""

from commlog_tui.contract.identity import id_of_resent
from commlog_tui.contract.resend import Route
from commlog_tui.records.instants import instant
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import ResendRow


def resent_id(resend: Record) -> str:
    """Return the id of the entry that a resend has made."""
    return id_of_resent(resend.public.id, manual=resend.public.route == Route.BY_HAND)


def resent_ids(thread: Thread) -> tuple[str, ...]:
    """Return the ids of the entries that sent an entry again."""
    return tuple(map(resent_id, thread.of_kind("resend")))


def resend_row(record: Record) -> ResendRow:
    """Return what a resend says; how far it is, the store adds."""
    public, personal = record.public, record.fields() or {}
    return ResendRow(
        id=public.id,
        seq=public.seq,
        original=public.about or "",
        entry=resent_id(record),
        to=personal.get("to", ""),
        why=personal.get("why", ""),
        route=public.route,
        actor=public.actor,
        person=public.person,
        recorded_at=instant(public.recorded_at),
    )
