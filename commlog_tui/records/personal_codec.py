"""Personal parts of records in a compact positional form, and back to their canonical bytes.

A MessagePack array, whose first item is the number of its shape; ids lie in 16 bytes, and an
address that is among the customer's in one. Whatever does not come back to the byte is stored as it
is: JSON begins with a brace, which no array does, and other bytes get a mark before them. Shapes are
read by every later version: further ones may be added, none changed.
"""

from typing import Any, Final

import msgspec
from msgspec import Struct

from commlog_tui.ledger.canonical import canonical
from commlog_tui.records.entry_fields import Personal, decode_personal
from commlog_tui.records.rows import AttachmentRow, CustomerRow, MessageRow
from commlog_tui.records.uuids import uuid_bytes, uuid_text

_BRACE: Final = b"{"
_AS_IT_IS: Final = b"\xc1"
"""The one byte that no MessagePack begins with."""

_Id = Any
"""16 bytes for a UUID in canonical form, else the text. msgspec has no type for one of both."""


EntryValues = tuple[
    str, str, str | None, str | None, CustomerRow | None, str | None, MessageRow | None, tuple[AttachmentRow, ...]
]
"""Address, title, reference, code, customer, text, message and attachments: in the order of ``EntryRow``."""


class _Customer(Struct, array_like=True, forbid_unknown_fields=True, frozen=True, gc=False):
    id: _Id
    name: str | None
    addresses: tuple[str, ...]
    numbers: tuple[str, ...]


class EntryShape(Struct, array_like=True, forbid_unknown_fields=True, tag=0, frozen=True, gc=False):
    """The personal part of an entry, which most of a log's bytes are."""

    to: str | int
    """A number is a position among the customer's addresses and, behind them, numbers."""
    title: str
    body: str | None
    code: str | None
    reference: _Id
    customer: _Customer | None


class _EntryWithMore(EntryShape, array_like=True, forbid_unknown_fields=True, tag=1, frozen=True, gc=False):
    message: tuple[str, str] | None
    attachments: tuple[tuple[str, int, str], ...]


class _Event(Struct, array_like=True, forbid_unknown_fields=True, tag=2, frozen=True, gc=False):
    detail: str | None
    to: str | None


class _EventWithMore(_Event, array_like=True, forbid_unknown_fields=True, tag=3, frozen=True, gc=False):
    code: str | None
    event_id: str | None
    message: tuple[str, str] | None


class _EventPart(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """As the personal part of an event or a match has it; absent where it was added after 0.1.0."""

    detail: str | None
    to: str | None
    code: str | msgspec.UnsetType | None = msgspec.UNSET
    event_id: str | msgspec.UnsetType | None = msgspec.UNSET
    message: MessageRow | msgspec.UnsetType = msgspec.UNSET


_pack: Final = msgspec.msgpack.Encoder().encode
_unpack: Final = msgspec.msgpack.Decoder(EntryShape | _EntryWithMore | _Event | _EventWithMore).decode
_decode_event: Final = msgspec.json.Decoder(_EventPart).decode


def to_packed(data: bytes, content: object = None) -> bytes:
    """Return a personal part in its compact form; ``content`` is the same, if it is decoded already.

    ``to_personal`` returns the same bytes from it: this is tried, but for the decoded part of an
    entry, of which no byte can be other than what it says.
    """
    try:
        if isinstance(content, Personal) and content.attachments != ():
            return _pack(_entry_shape(content))
        packed = _pack(_shape(data, content))
        if to_personal(packed) == data:
            return packed
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        pass
    return data if data[:1] == _BRACE else _AS_IT_IS + data


def to_personal(packed: bytes) -> bytes:
    """Return the canonical bytes of a personal part. Raises ``ValueError`` if they cannot be read."""
    first = packed[:1]
    if first == _BRACE:
        return packed
    if first == _AS_IT_IS:
        return packed[1:]
    return canonical(_content(packed))


def entry_part(packed: bytes) -> Personal:
    """Return the personal part of an entry, decoded.

    Raises ``ValueError`` if it cannot be read, or is none of an entry.
    """
    if packed[:1] in {_BRACE, _AS_IT_IS}:
        return decode_personal(to_personal(packed))
    content = _content(packed)
    if not isinstance(content, Personal):
        raise ValueError("this is no part of an entry")  # noqa: TRY004 - a fault of the data
    return content


def _content(packed: bytes) -> Personal | _EventPart:
    shape = _unpack(packed)
    return _event_part(shape) if isinstance(shape, _Event) else _entry_part(shape)


def _shape(data: bytes, content: object) -> EntryShape | _Event:
    if data[:10] == b'{"detail":' or (data[:8] == b'{"code":' and b'"detail":' in data):
        try:
            return _event_shape(_decode_event(data))
        except msgspec.ValidationError:
            pass  # an entry, then
    return _entry_shape(content if isinstance(content, Personal) else decode_personal(data))


def _entry_shape(part: Personal) -> EntryShape:
    customer, to = part.customer, part.to
    known: _Customer | None = None
    where: str | int = to
    if customer is not None:
        known = _Customer(_short(customer.id), customer.name, customer.addresses, customer.numbers)
        addresses = (*customer.addresses, *customer.numbers)
        where = addresses.index(to) if to in addresses else to
    reference = None if part.reference is None else _short(part.reference)
    message, attachments = part.message, part.attachments
    if message is msgspec.UNSET and attachments is msgspec.UNSET:
        return EntryShape(where, part.title, part.body, part.code, reference, known)
    return _EntryWithMore(
        where,
        part.title,
        part.body,
        part.code,
        reference,
        known,
        None if message is msgspec.UNSET else (message.provider, message.id),
        () if attachments is msgspec.UNSET else tuple((one.name, one.size, one.sha256) for one in attachments),
    )


def entry_values(packed: bytes) -> EntryValues | None:
    """Return the values of an entry's personal part; None where they are not in a shape of entries.

    Raises ``ValueError`` if they cannot be read.
    """
    if packed[:1] in {_BRACE, _AS_IT_IS}:
        return None
    shape = _unpack(packed)
    if type(shape) is not EntryShape and isinstance(shape, _Event):  # isinstance takes 0.2 µs with these types
        return None
    return _values(shape)


def _entry_part(shape: EntryShape) -> Personal:
    to, title, reference, code, customer, body, message, attachments = _values(shape)
    return Personal(
        to=to,
        title=title,
        body=body,
        code=code,
        reference=reference,
        customer=customer,
        message=message or msgspec.UNSET,
        attachments=attachments or msgspec.UNSET,
    )


def _values(shape: EntryShape) -> EntryValues:
    packed, to, reference = shape.customer, shape.to, shape.reference
    customer: CustomerRow | None = None
    if packed is not None:
        text = packed.id if type(packed.id) is str else id_text(packed.id)
        customer = CustomerRow(text, packed.name, packed.addresses, packed.numbers)
    if not isinstance(to, str):
        to = address_at(packed, to)
    if reference is not None:
        reference = uuid_text(reference) if type(reference) is bytes else id_text(reference)
    if type(shape) is EntryShape or not isinstance(shape, _EntryWithMore):
        return to, shape.title, reference, shape.code, customer, shape.body, None, ()
    message = None if shape.message is None else MessageRow(*shape.message)
    attachments = tuple(AttachmentRow(*one) for one in shape.attachments)
    return to, shape.title, reference, shape.code, customer, shape.body, message, attachments


def address_at(customer: _Customer | None, at: int) -> str:
    """Return a customer's address or number at a position. Raises ``ValueError`` if there is none."""
    if customer is not None:
        if at == 0 and customer.addresses:
            return customer.addresses[0]
        addresses = *customer.addresses, *customer.numbers
        if 0 <= at < len(addresses):
            return addresses[at]
    raise ValueError("there is no such address")


def _event_shape(part: _EventPart) -> _Event:
    code, event_id, message = part.code, part.event_id, part.message
    if code is msgspec.UNSET and event_id is msgspec.UNSET and message is msgspec.UNSET:
        return _Event(part.detail, part.to)
    return _EventWithMore(
        part.detail,
        part.to,
        None if code is msgspec.UNSET else code,
        None if event_id is msgspec.UNSET else event_id,
        None if message is msgspec.UNSET else (message.provider, message.id),
    )


def _event_part(shape: _Event) -> _EventPart:
    if not isinstance(shape, _EventWithMore):
        return _EventPart(shape.detail, shape.to)
    return _EventPart(
        shape.detail,
        shape.to,
        msgspec.UNSET if shape.code is None else shape.code,
        msgspec.UNSET if shape.event_id is None else shape.event_id,
        msgspec.UNSET if shape.message is None else MessageRow(*shape.message),
    )


def _short(text: str) -> bytes | str:
    packed = uuid_bytes(text) if len(text) == 36 else None  # noqa: PLR2004 - a UUID with its dashes
    return text if packed is None else packed


def id_text(value: object) -> str:
    """Return an id as text. Raises ``ValueError`` if it is none."""
    if isinstance(value, bytes):
        return uuid_text(value)
    if not isinstance(value, str):
        raise ValueError("this is no id")  # noqa: TRY004 - a fault of the data
    return value
