"""Entries as they are answered, made straight of what a store keeps: most rows of every page."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from commlog_tui.ledger.record import PublicPart
from commlog_tui.records.instants import instants
from commlog_tui.records.part_codec import model_of
from commlog_tui.records.personal_codec import entry_values
from commlog_tui.records.rows import EntryRow
from commlog_tui.records.uuids import uuid_text

_FURTHER: Final = frozenset({"starts_at", "message_key"})
_unpack: Final = msgspec.msgpack.Decoder(list[object]).decode


class Form(NamedTuple):
    """What all entries of a form have in common."""

    part: PublicPart
    starts_at: int | None
    """Where this is among the further values."""
    width: int
    """Number of the further values."""


Columns = tuple[int, bytes, int | None, int | None, int | None, bytes | None, bytes | None, int]
"""Of a record: its seq, id, form by number, instant, lag, further values, personal part and facet by number."""


def entry_views(
    rows: Sequence[Columns], forms: Mapping[int | None, Form | None], statuses: Mapping[int, str]
) -> list[EntryRow | None]:
    """Return entries without corrections; None for each that takes decoding its parts.

    All at once, as this is most of a page's time. Raises ``ValueError`` if a part was damaged.
    """
    moments: list[int] = []
    usual: list[Form | None] = []
    for _, _, number, recorded_at, lag, rest, personal, _ in rows:
        form, starts_at = forms[number], 0
        if personal is None or recorded_at is None or lag is None:
            usual.append(None)
            continue
        if form is None:
            pass
        elif rest is None:
            form = None if form.width else form
        elif (values := _further(rest)) is None or len(values) != form.width:
            form = None
        elif form.starts_at is not None:
            moment = values[form.starts_at]
            if type(moment) is int:
                starts_at = moment
            else:
                form = None
        usual.append(form)
        if form is not None:
            moments += recorded_at - lag, recorded_at, starts_at
    at = iter(instants(moments))
    return [
        None if form is None else _view(row, form, statuses[row[-1]], at) for row, form in zip(rows, usual, strict=True)
    ]


def _view(row: Columns, form: Form, status: str, at: Iterator[datetime]) -> EntryRow | None:
    """Return an entry, which begins to be, is recorded and starts at the next three instants."""
    part = form.part
    sent_at, recorded_at, starts_at = next(at), next(at), next(at)
    fields = entry_values(row[6] or b"")
    if fields is None:
        return None
    to, title, reference, code, customer, body, message, attachments = fields
    return EntryRow(
        uuid_text(row[1]),
        part.location,
        row[0],
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
        sent_at,
        recorded_at,
        status,
        False,  # noqa: FBT003 - by position, which takes less time
        False,  # noqa: FBT003 - likewise
        part.message_kind,
        None if form.starts_at is None else starts_at,
        part.audience,
        message,
        attachments,
        (),
        part.person,
    )


def _further(rest: bytes) -> list[object] | None:
    try:
        return _unpack(rest)
    except msgspec.MsgspecError:
        return None


@lru_cache(maxsize=4_096)
def form_of(text: str, location: str) -> Form | None:
    """Return what a form has; None for one whose records take decoding. Raises ``ValueError``."""
    part, moment, further = model_of(text, location)
    if part.kind != "entry" or moment != "sent_at" or part.root is not None or not _FURTHER.issuperset(further):
        return None
    if part.starts_at is not None:
        return None
    return Form(part, further.index("starts_at") if "starts_at" in further else None, len(further))
