"""Entries as they are answered, made straight of what a store keeps: most rows of every page."""

from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from commlog_tui.ledger.record import PublicPart
from commlog_tui.records.instants import instant
from commlog_tui.records.part_codec import model_of
from commlog_tui.records.personal_codec import entry_values
from commlog_tui.records.public_codec import Columns
from commlog_tui.records.rows import EntryRow
from commlog_tui.records.uuids import uuid_text

_FURTHER: Final = frozenset({"starts_at", "message_key"})
_unpack: Final = msgspec.msgpack.Decoder(list[object]).decode


Placed = tuple[str, int, bytes]
"""What a store files a record by: location, seq and id."""


class _Form(NamedTuple):
    """What all entries of a form have in common."""

    part: PublicPart
    starts_at: int | None
    """Where this is among the further values."""
    width: int
    """Number of the further values."""


def entry_view(columns: Columns, place: Placed, personal: bytes, status: str) -> EntryRow | None:
    """Return an entry without corrections; None where it takes decoding its parts.

    Raises ``ValueError`` if they were damaged.
    """
    text, recorded_at, lag, _, rest = columns
    location, seq, record_id = place
    form = None if text is None else _form(text, location)
    if form is None or recorded_at is None or lag is None or (rest is None) is not (form.width == 0):
        return None
    part, at, width = form
    starts_at = None
    if rest is not None:
        try:
            values = _unpack(rest)
        except msgspec.MsgspecError:
            return None
        if len(values) != width:
            return None
        if at is not None:
            moment = values[at]
            if type(moment) is not int:
                return None
            starts_at = instant(moment)
    fields = entry_values(personal)
    if fields is None:
        return None
    to, title, reference, code, customer, body, message, attachments = fields
    return EntryRow(
        uuid_text(record_id),
        location,
        seq,
        part.via,
        to,
        title,
        reference,
        code,
        customer,
        part.source,
        part.actor,
        part.direction,
        body,
        instant(recorded_at - lag),
        instant(recorded_at),
        status,
        False,  # noqa: FBT003 - by position, as this is most of a page's time
        False,  # noqa: FBT003 - likewise
        part.message_kind,
        starts_at,
        part.audience,
        message,
        attachments,
        (),
        part.person,
    )


@lru_cache(maxsize=4_096)
def _form(text: str, location: str) -> _Form | None:
    """Return what a form has; None for one whose records take decoding. Raises ``ValueError``."""
    part, moment, further = model_of(text, location)
    if part.kind != "entry" or moment != "sent_at" or part.root is not None or not _FURTHER.issuperset(further):
        return None
    if part.starts_at is not None:
        return None
    return _Form(part, further.index("starts_at") if "starts_at" in further else None, len(further))
