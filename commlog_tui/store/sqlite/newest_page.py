"""The newest page of a log file as values of JSON, read without the libraries of the store.

Imports apsw and the standard library only: it is read before the desk is loaded. It reads the
layout of this version and nothing else; a test compares it with the store's own page.
"""

import json
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import apsw

from commlog_tui.store.sqlite.schema import PROJECTION_LAYOUT, SEQ_BITS, VERSION

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UUID_SIZE: Final = 16
_AS_IT_IS: Final = b"\xc1"
_REDACTED: Final = {
    "to": "", "title": "Redacted", "body": None, "code": None, "reference": None, "customer": None,
}  # fmt: skip
_FIELDS: Final = (
    "id", "location", "seq", "via", "to", "title", "reference", "code", "customer", "source", "actor", "direction",
    "body", "sent_at", "recorded_at", "status", "corrected", "redacted", "kind", "starts_at", "audience", "message",
    "attachments", "person",
)  # fmt: skip
_LAYOUT: Final = "SELECT user_version, (SELECT layout FROM projection) FROM pragma_user_version"
_LOCATIONS: Final = "SELECT no, id, name, zone FROM location WHERE id = ?1 OR ?1 = ''"
_ENTRIES: Final = """
SELECT record.pk, record.id, (SELECT text FROM form WHERE no = record.form), record.recorded_at, record.lag,
record.rest, personal.data, facet.status, entry.corrected
FROM entry JOIN record ON record.pk = entry.pk LEFT JOIN personal ON personal.pk = entry.pk
JOIN facet ON facet.location = entry.location AND facet.no = entry.facet
WHERE entry.location = ? ORDER BY entry.sent_at DESC, entry.pk DESC LIMIT ?
"""
_CHANNELS: Final = (
    "SELECT via, sum(entries) FROM tally WHERE location = ? GROUP BY via HAVING sum(entries) > 0 ORDER BY 2 DESC, 1"
)


def newest_page(database: Path, location: str, limit: int) -> dict[str, Any]:
    """Return the newest entries of a location, or of the only one, and what a desk shows around them.

    Raises:
        LookupError: the file has another layout, no such location, or several.
        apsw.Error: the file cannot be read.
        ValueError: a record cannot be read.
    """
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        connection.execute("BEGIN")
        return _page(connection, location, limit)
    finally:
        connection.close()


def _page(connection: apsw.Connection, location: str, limit: int) -> dict[str, Any]:
    if connection.execute(_LAYOUT).fetchone() != (VERSION, PROJECTION_LAYOUT):
        raise LookupError("the file has another layout")
    places = connection.execute(_LOCATIONS, (location,)).fetchall()
    if len(places) != 1:
        raise LookupError("which location to open is not known")
    no, place_id, name, zone = places[0]
    (count,) = connection.execute("SELECT entries FROM head WHERE location = ?", (no,)).fetchone() or (0,)
    entries = [_entry(row, str(place_id)) for row in connection.execute(_ENTRIES, (no, limit))]
    older = "unread" if int(count or 0) > len(entries) else None
    page = {
        "entries": entries, "first": 1 if entries else 0, "total": {"count": count, "exact": True},
        "newer": None, "older": older, "oldest": older,
    }  # fmt: skip
    channels = [{"via": via, "count": used} for via, used in connection.execute(_CHANNELS, (no,))]
    return {"page": page, "location": {"id": place_id, "name": name, "zone": zone}, "channels": channels}


def _entry(row: tuple[Any, ...], location: str) -> dict[str, Any]:
    pk, record_id, form, recorded_at, lag, rest, data, status, corrected = row
    public = _public(form, rest)
    if form is not None:
        public |= {"id": _uuid(record_id), "recorded_at": recorded_at, "sent_at": recorded_at - lag}
    fields = json.loads(corrected) if corrected is not None else _REDACTED if data is None else _personal(data)
    entry = {**public, **fields, "location": location, "seq": pk & (1 << SEQ_BITS) - 1, "status": status}
    entry["corrected"], entry["redacted"] = corrected is not None, data is None and corrected is None
    entry["kind"] = public.get("message_kind")
    for moment in ("sent_at", "recorded_at", "starts_at"):
        if entry.get(moment) is not None:
            entry[moment] = (_EPOCH + timedelta(microseconds=entry[moment])).isoformat()
    return {name: entry[name] for name in _FIELDS if name in entry}


def _public(form: str | None, rest: bytes | None) -> dict[str, Any]:
    """Return the public part of an entry: the form's words, and the values that no column is for."""
    if form is None:
        return dict(json.loads(rest or b"{}"))
    fields = json.loads(form)
    values = iter(_unpacked(rest) if rest is not None else ())
    columns = {"id", "location", "seq", "personal", "recorded_at", "sent_at"}
    for name in sorted(fields):
        if fields[name] == 0 and not isinstance(fields[name], bool) and name not in columns:
            fields[name] = _stated(next(values))
    return dict(fields)


def _stated(value: object) -> object:
    if isinstance(value, bytes):
        return _uuid(value) if len(value) == _UUID_SIZE else value.hex()
    return value


def _personal(packed: bytes) -> Mapping[str, Any]:
    """Return the personal part of an entry, as ``records.personal_codec`` packs it."""
    if packed[:1] in {b"{", _AS_IT_IS}:
        return dict(json.loads(packed.removeprefix(_AS_IT_IS)))
    shape, to, title, body, code, reference, customer, *more = _unpacked(packed)
    if shape not in {0, 1}:
        raise ValueError("this is no part of an entry")
    person = customer and dict(zip(("id", "name", "addresses", "numbers"), customer, strict=True))
    if person:
        person["id"] = _stated(person["id"])
        to = (*person["addresses"], *person["numbers"])[to] if isinstance(to, int) else to
    fields = {"to": to, "title": title, "body": body, "code": code, "reference": _stated(reference), "customer": person}
    if more:
        message, attachments = more
        fields["message"] = message and dict(zip(("provider", "id"), message, strict=True))
        fields["attachments"] = [dict(zip(("name", "size", "sha256"), one, strict=True)) for one in attachments]
    return fields


def _uuid(packed: bytes) -> str:
    text = packed.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _unpacked(data: bytes) -> list[Any]:
    """Return the array that MessagePack encodes (msgpack.org, the specification of 2013)."""
    value, end = _value(data, 0)
    if end != len(data) or not isinstance(value, list):
        raise ValueError("this is no array")
    return value


_SIZED: Final = {
    0xC4: ("B", "bin"), 0xC5: (">H", "bin"), 0xC6: (">I", "bin"),
    0xD9: ("B", "str"), 0xDA: (">H", "str"), 0xDB: (">I", "str"),
    0xDC: (">H", "array"), 0xDD: (">I", "array"), 0xDE: (">H", "map"), 0xDF: (">I", "map"),
}  # fmt: skip
_NUMBERS: Final = {
    0xCA: ">f", 0xCB: ">d", 0xCC: "B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
    0xD0: "b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
_CONSTANTS: Final = {0xC0: None, 0xC2: False, 0xC3: True}


def _value(data: bytes, at: int) -> tuple[Any, int]:
    """Return the value at a position, and the position behind it. Raises ``ValueError``."""
    try:
        first, at = data[at], at + 1
        if first < 0x80:  # noqa: PLR2004 - small integers
            return first, at
        if first >= 0xE0:  # noqa: PLR2004 - and negative ones
            return first - 0x100, at
        if first in _CONSTANTS:
            return _CONSTANTS[first], at
        if layout := _NUMBERS.get(first):
            return struct.unpack_from(layout, data, at)[0], at + struct.calcsize(layout)
        if first < 0xC0:  # noqa: PLR2004 - short maps, arrays and texts
            kind = ("map", "array", "str", "str")[(first >> 4) - 8]
            size = first & (31 if kind == "str" else 15)
        else:
            layout, kind = _SIZED[first]
            (size,), at = struct.unpack_from(layout, data, at), at + struct.calcsize(layout)
    except (IndexError, KeyError, struct.error) as error:
        raise ValueError("this is no MessagePack of ours") from error
    if kind in {"str", "bin"}:
        part, at = data[at : at + size], at + size
        return (part.decode() if kind == "str" else part), at
    items = []
    for _ in range(size if kind == "array" else 2 * size):
        item, at = _value(data, at)
        items.append(item)
    return (items if kind == "array" else dict(zip(items[::2], items[1::2], strict=True))), at
