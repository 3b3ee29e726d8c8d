"""Read a message as a mail server hands it over: an entry per recipient, or the events of a bounce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from typing import Any, Final

from commlog_tui.imports.items import ImportOptions, Item, UnreadableError, body_of, entry_of, title_of
from commlog_tui.imports.mail_identity import MailIdentity, bare_message_id, resent_prefix, stated_message_id
from commlog_tui.imports.mail_text import TROUBLE, decoded, header, headers, text_of, with_plain_names
from commlog_tui.imports.message import below_head, known_addresses, mail_date, require_whole_head
from commlog_tui.imports.recipients import addresses_of, normal_address
from commlog_tui.mail.attachments import attachments_of
from commlog_tui.mail.patterns import Found, Patterns, find
from commlog_tui.mail.reports import MailEvent, read_report
from commlog_tui.mail.time_limit import TooSlowError, time_limit

PROVIDER: Final = "mail"
"""Provider of messages that are known by their Message-ID."""
_LONGEST_ADDRESS: Final = 320
_MOST_RECIPIENTS: Final = 1000
_MOST_SECONDS: Final = 10.0
"""Processor time for a message; a usual one takes a thousandth of that."""
_TEXT_SECONDS: Final = 2.0
_TO: Final = ("To", "Cc", "Bcc")
_WHERE: Final = "message"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a message besides its content."""

    arrived: datetime
    recipients: tuple[str, ...] = ()
    """Those it was sent to, where the mail server says so; else its header counts."""
    has_null_sender: bool = False
    """Whether it was sent with an empty return path, as bounces are (RFC 5321, section 4.5.5)."""


@dataclass(frozen=True, slots=True)
class MailOptions:
    """How messages are read."""

    patterns: Patterns = field(default_factory=Patterns)
    own: frozenset[str] = frozenset()
    """The location's own addresses, normalized, with that of the archive that gets the copies."""
    recipient_headers: tuple[str, ...] = ()
    """Header fields in which the mail server names the recipients, such as X-Original-To."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message comes to."""

    items: tuple[Item, ...] = ()
    events: tuple[MailEvent, ...] = ()
    faults: tuple[str, ...] = ()
    """Why it, or a recipient of it, cannot be recorded now or later. No personal data."""
    notes: tuple[str, ...] = ()
    """Remarks on what was recorded."""


def read(content: bytes, envelope: Envelope, options: MailOptions) -> Reading:
    """Read a message. Never raises for what it holds."""
    content = _without_envelope_line(content)
    if not content.strip():
        return Reading(faults=("the message is empty",))
    try:
        with time_limit(_MOST_SECONDS):
            return _read(content, envelope, options)
    except TooSlowError:
        return Reading(faults=("the message takes too long to be read",))
    except UnreadableError as error:
        return Reading(faults=(str(error),))
    except TROUBLE:
        return Reading(faults=("the message is too broken to be read",))


def _read(content: bytes, envelope: Envelope, options: MailOptions) -> Reading:
    report = read_report(content, envelope.arrived)
    if report is not None and report.events:
        return Reading(events=report.events)
    message = message_from_bytes(with_plain_names(content))
    require_whole_head(message, content)
    return _entries(message, content, envelope, options, is_report=report is not None)


def _entries(message: Message, content: bytes, envelope: Envelope, options: MailOptions, *, is_report: bool) -> Reading:
    faults: list[str] = []
    stated = _envelope_recipients(message, envelope, options, faults)
    received = _is_received(message, envelope, options, stated, is_report=is_report)
    prefix = "" if received else resent_prefix(message)
    people = _sender(message) if received else _recipients(message, prefix, options, stated)
    subject = title_of(decoded(header(message, "Subject")), "(no subject)")
    notes: list[str] = []
    text = _text(message, notes)
    found = find(options.patterns, subject, text, _own_fields(message))
    sent_at = _sent_at(message, prefix, envelope)
    values = _values(found, subject, text) | {
        "direction": "inbound" if received else "outbound",
        "sent_at": sent_at,
        "attachments": attachments_of(message),
    }
    if message_id := bare_message_id(message):
        values["message"] = {"provider": PROVIDER, "id": message_id}
    identity = MailIdentity(
        kind="mail-received" if received else "mail",
        message_id=stated_message_id(message, prefix),
        moments=(sent_at,),
        header=(header(message, "From"), header(message, "Subject")),
        contents=(below_head(content),),
    )
    items: list[Item] = []
    for address, spellings in list(people.items())[:_MOST_RECIPIENTS]:
        try:
            if len(address) > _LONGEST_ADDRESS:
                raise UnreadableError("a recipient's address is longer than 320 characters")
            key = identity.keys(address, spellings)[0]
            items.append(Item(_WHERE, 1, key, entry_of({**values, "to": address}, {})))
        except UnreadableError as error:
            faults.append(str(error))
    if len(people) > _MOST_RECIPIENTS:
        faults.append(f"it has more than {_MOST_RECIPIENTS} recipients")
    if not found.is_whole:
        notes.append("the configured patterns took too long for it, so fields may be missing")
    return Reading(tuple(items), faults=tuple(dict.fromkeys(faults)), notes=tuple(notes))


def _text(message: Message, notes: list[str]) -> str:
    try:
        with time_limit(_TEXT_SECONDS):
            return text_of(message)
    except TooSlowError:
        notes.append("its text took too long to be read and is missing")
        return ""


def _values(found: Found, subject: str, text: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "via": "email",
        "source": "system",
        "title": title_of(found.values.get("title", ""), subject),
    }
    values |= {name: found.values[name] for name in ("reference", "code") if found.values.get(name)}
    if found.kind:
        values["kind"] = found.kind
    body = body_of(found.values.get("text", "") or text)
    return values | ({"body": body} if body.strip() else {})


def _is_received(
    message: Message, envelope: Envelope, options: MailOptions, stated: Sequence[str], *, is_report: bool
) -> bool:
    """Return whether the location received the message: by its own addresses, else if it is an automatic reply."""
    senders = known_addresses(message, ("From", "Sender", "Resent-From"))
    if not options.own.isdisjoint(senders):
        return False
    is_reply = header(message, "Auto-Submitted").strip().lower().startswith("auto-replied")
    if is_report or is_reply or envelope.has_null_sender or header(message, "Return-Path").strip() == "<>":
        return True
    return not options.own.isdisjoint(known_addresses(message, _TO)) and options.own.issuperset(stated)


def _envelope_recipients(
    message: Message, envelope: Envelope, options: MailOptions, faults: list[str]
) -> tuple[str, ...]:
    """Return the recipients that the mail server names, normalized."""
    named = envelope.recipients or tuple(
        value for name in options.recipient_headers for value in headers(message, name) if value.strip()
    )
    found: list[str] = []
    for text in named:
        try:
            found.extend(addresses_of([text]) or [normal_address(text)])
        except UnreadableError:
            faults.append("a recipient that the mail server names is not an address")
    return tuple(dict.fromkeys(found))


def _recipients(
    message: Message, prefix: str, options: MailOptions, stated: Sequence[str]
) -> Mapping[str, tuple[str, ...]]:
    """Return the recipients: those of the envelope, else of the header.

    The location's own addresses are left out, unless there are no others.
    """
    if named := [address for address in stated if address not in options.own]:
        return {address: (address,) for address in named}
    fields = [headers(message, f"{prefix}{name}") for name in _TO]
    people = addresses_of([value for found in fields for value in (found[:1] if prefix else found)])
    others = {address: spellings for address, spellings in people.items() if address not in options.own}
    if not people and stated:
        return {address: (address,) for address in stated}
    if not people:
        raise UnreadableError("no recipient is named in To, Cc or Bcc; --recipient says who it was")
    return others or people


def _sender(message: Message) -> Mapping[str, tuple[str, ...]]:
    senders = addresses_of(headers(message, "From"))
    if len(senders) != 1:
        raise UnreadableError("From does not name one sender, who is whom received mail is about")
    return senders


def _sent_at(message: Message, prefix: str, envelope: Envelope) -> datetime:
    try:
        return mail_date(message, prefix, ImportOptions())[0]
    except UnreadableError:
        return envelope.arrived


def _own_fields(message: Message) -> str:
    """Return the header fields that programs add of their own, a line each."""
    names = dict.fromkeys(name for name, _ in message.raw_items() if name.lower().startswith("x-"))
    return "\n".join(f"{name}: {decoded(value)}" for name in names for value in headers(message, name))


def _without_envelope_line(content: bytes) -> bytes:
    """Remove the ``From`` line that delivery to a program may put before a message."""
    if content.startswith((b"From ", b">From ")):
        return content.partition(b"\n")[2]
    return content
