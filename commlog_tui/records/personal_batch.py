"""Personal parts of many records made compact, and made of their compact form, at once."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from msgspec import Struct

from commlog_tui.records.entry_fields import Personal
from commlog_tui.records.personal_codec import EntryShape, address_at, id_text, to_packed, to_personal
from commlog_tui.records.uuids import TEXT_SIZE, UUID_SIZE, uuid_texts

_encode_lines: Final = msgspec.json.Encoder().encode_lines
_unpack: Final = msgspec.msgpack.Decoder(EntryShape).decode
_ENTRY_START: Final = b"\x97\x00"
"""An array of seven, of which the first says that it is an ``EntryShape``."""


class _CustomerPart(Struct, gc=False):
    addresses: tuple[str, ...]
    id: str
    name: str | None
    numbers: tuple[str, ...]


class _EntryPart(Struct, gc=False):
    """As the personal part of an entry without a message has it, in the order of its canonical form."""

    body: str | None
    code: str | None
    customer: _CustomerPart | None
    reference: str | None
    title: str
    to: str


def to_packed_parts(parts: Iterable[tuple[bytes, object]]) -> list[bytes]:
    """Return what ``personal_codec.to_packed`` does for many parts, each with the same decoded."""
    packed = []
    known: dict[bytes, bytes] = {}  # most events say the same
    for data, content in parts:
        if isinstance(content, Personal):
            packed.append(to_packed(data, content))
            continue
        if data not in known:
            known[data] = to_packed(data, content)
        packed.append(known[data])
    return packed


def to_personals(parts: Iterable[bytes | None]) -> list[bytes | None]:
    """Return the canonical bytes of many personal parts, as ``to_personal`` does; empty ones if they cannot be read."""
    made: list[bytes | None] = []
    entries: list[tuple[int, EntryShape]] = []
    known: dict[bytes | None, bytes | None] = {None: None}  # most events say the same
    for packed in parts:
        try:
            if packed is not None and packed[:2] == _ENTRY_START:
                entries.append((len(made), _unpack(packed)))
                made.append(b"")
                continue
            if packed not in known:
                known[packed] = to_personal(packed or b"")
            made.append(known[packed])
        except ValueError:
            made.append(b"")
    ids = {one.reference for _, one in entries if type(one.reference) is bytes}
    ids |= {one.customer.id for _, one in entries if one.customer is not None and type(one.customer.id) is bytes}
    ordered = [one for one in ids if len(one) == UUID_SIZE]
    joined = uuid_texts(b"".join(ordered)).decode()
    texts = dict(zip(ordered, (joined[at : at + TEXT_SIZE] for at in range(0, len(joined), TEXT_SIZE)), strict=True))
    found, contents = [], []
    for at, entry in entries:
        try:
            contents.append(_entry_json(entry, texts))
        except (ValueError, KeyError):
            continue
        found.append(at)
    for at, line in zip(found, _encode_lines(contents).splitlines(), strict=True):
        made[at] = line
    return made


def _entry_json(entry: EntryShape, texts: Mapping[bytes, str]) -> _EntryPart:
    """Return what the canonical bytes of an entry are made of. Raises ``ValueError``, and ``KeyError`` for no id."""
    packed, to, reference = entry.customer, entry.to, entry.reference
    customer: _CustomerPart | None = None
    if packed is not None:
        known = texts[packed.id] if type(packed.id) is bytes else id_text(packed.id)
        customer = _CustomerPart(packed.addresses, known, packed.name, packed.numbers)
    if not isinstance(to, str):
        to = address_at(packed, to)
    if reference is not None:
        reference = texts[reference] if type(reference) is bytes else id_text(reference)
    return _EntryPart(entry.body, entry.code, customer, reference, entry.title, to)
