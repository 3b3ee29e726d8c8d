"""What the records of a proof bundle say, in the words of the contract: from the hashed bytes alone, no service asked."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from commlog_tui.contract.delivery import DeliveryEvent, status_of
from commlog_tui.contract.entry import Correction, Entry, EntryDetail, Receipt, Redaction
from commlog_tui.ledger.bundle import Bundle, BundleError, Proved
from commlog_tui.ledger.record import Public, decode_public

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FORGOTTEN: Final = {"to": "", "title": "Redacted", "body": None, "code": None, "reference": None, "customer": None}
_NO_DETAIL: Final = {"detail": None, "to": None}


def tell(bundle: Bundle) -> list[EntryDetail]:
    """Return the entries of a bundle that was checked, with all that it has of them, in the order of the log.

    Raises:
        BundleError: a record is none of this version's kinds.
    """
    proved = {one.seq: one for one in bundle.records}
    try:
        return [_detail([_Said(proved[seq]) for seq in one.seqs]) for one in bundle.entries]
    except (ValidationError, msgspec.DecodeError, RecursionError, KeyError, TypeError, OverflowError):
        raise BundleError("The records verify, but this version cannot read what they say.") from None


class _Said:
    """A record, read."""

    def __init__(self, proved: Proved) -> None:
        self.public: Public = decode_public(proved.record.encode())
        self.personal: Any = None if proved.personal is None else msgspec.json.decode(proved.personal)
        self.leaf = proved.leaf.hex()


def _detail(said: list[_Said]) -> EntryDetail:
    first, *later = said
    events = sorted(map(_event, _of(later, "event")), key=lambda event: (event.at, event.seq))
    corrections = tuple(map(_correction, _of(later, "correction"))) if first.personal else ()
    redaction = next(map(_redaction, _of(later, "redaction")), None)
    fields = _fields(first)
    changed = dict(fields)
    for correction in corrections:
        changed |= {name: getattr(correction.changes, name) for name in correction.changes.model_fields_set}
    status = status_of(event.kind for event in events)
    rest = {"status": status, "corrected": bool(corrections), "redacted": first.personal is None}
    return EntryDetail(
        entry=Entry.model_validate(_plain(changed) | rest),
        original=Entry.model_validate(fields | rest | {"corrected": False}) if corrections else None,
        events=tuple(events),
        corrections=corrections,
        receipt=Receipt.model_validate(_common(first.public) | {"location": first.public.location, "leaf_hash": first.leaf}),
        redaction=redaction,
    )


def _of(said: list[_Said], kind: str) -> Iterator[_Said]:
    return (one for one in said if one.public.kind == kind)


def _fields(said: _Said) -> dict[str, Any]:
    public = said.public
    named = {name: getattr(public, name) for name in ("location", "via", "source", "direction")}
    return {**(said.personal or _FORGOTTEN), **_common(public), **named, "sent_at": _instant(public.sent_at)}


def _common(public: Public) -> dict[str, Any]:
    return {"id": public.id, "seq": public.seq, "actor": public.actor, "recorded_at": _instant(public.recorded_at)}


def _event(said: _Said) -> DeliveryEvent:
    about = {"kind": said.public.event, "at": _instant(said.public.at), **(said.personal or _NO_DETAIL)}
    return DeliveryEvent.model_validate(_common(said.public) | about)


def _correction(said: _Said) -> Correction:
    return Correction.model_validate(_common(said.public) | said.personal)


def _redaction(said: _Said) -> Redaction:
    return Redaction.model_validate(_common(said.public) | said.personal)


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with what a correction gave as models in the form that they are read from."""
    return {name: value.model_dump() if hasattr(value, "model_dump") else value for name, value in fields.items()}


def _instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
