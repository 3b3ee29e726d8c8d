"""Convert an e-mail message to entries: one per recipient, or one per received message."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.errors import MissingHeaderBodySeparatorDefect
from email.message import Message
from typing import Any, Final

from commlog_tui.imports.dates import is_read_as_in_0_1_0, read_mail_date, readings_of_0_1_0
from commlog_tui.imports.items import (
    ImportOptions,
    Item,
    Outcome,
    Refusal,
    UnreadableError,
    body_of,
    entry_of,
    title_of,
)
from commlog_tui.imports.mail_identity import MailIdentity, resent_prefix, stated_message_id
from commlog_tui.imports.mail_text import HEAD_END, TROUBLE, decoded, header, headers, text_of, with_plain_names
from commlog_tui.imports.recipients import addresses_of

_LONGEST_ADDRESS: Final = 320
_RECIPIENTS: Final = ("To", "Cc", "Bcc")
_DELIVERED: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
"""Header fields that mail servers add on delivery."""
_ADVICE: Final = ": --received imports mail that was received"
_OTHERWISE: Final = "; where that is wrong, --own says what the location's own addresses are"
_ADDRESSED: Final = (*_RECIPIENTS, *(f"Resent-{name}" for name in _RECIPIENTS))
_ADDRESSED_LINE: Final = re.compile(rb"^(?:resent-)?(?:to|cc|bcc)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_LONGEST_HEAD: Final = 1 << 20
_CUT_BY_0_1_0: Final = re.compile(
    rb"(?<=\n)\r?\n"
    rb"(?=From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2}) .*\d{1,2}:\d\d)"
)
"""Body lines that 0.1.0 took for the start of another message."""


def read_message(where: str, line: int, raw: bytes, content: bytes, options: ImportOptions) -> Iterator[Outcome]:
    """Yield an outcome for each recipient of a message, or one refusal if it cannot be parsed.

    For a message that was resent, the latest Resent-* fields say when and to whom (RFC 5322,
    section 3.6.6). ``raw`` is the message as it is in its mailbox, ``content`` the message itself.
    """
    try:
        read = _read(content, options)
    except UnreadableError as error:
        yield Refusal(where, line, str(error), (raw,))
        return
    except TROUBLE:
        yield Refusal(where, line, "the message is too broken to be read", (raw,))
        return
    raws = (raw,)
    for address, spellings in read.people.items():
        try:
            if len(address) > _LONGEST_ADDRESS:
                raise UnreadableError("a recipient's address is longer than 320 characters")
            entry = entry_of({**read.values, "to": address}, options.constants)
            key, *others = read.identity.keys(address, spellings)
            yield Item(where, line, key, entry, raws, earlier_keys=() if options.received else tuple(others))
        except UnreadableError as error:
            yield Refusal(where, line, str(error), raws)


@dataclass(frozen=True, slots=True)
class _Read:
    values: dict[str, Any]
    identity: MailIdentity
    people: Mapping[str, tuple[str, ...]]
    """Recipients or sender: each address with its spellings in the message."""


def _read(content: bytes, options: ImportOptions) -> _Read:
    message = message_from_bytes(with_plain_names(content))
    require_whole_head(message, content)
    prefix = "" if options.received else resent_prefix(message)
    people = _people(message, prefix, options)
    sent_at, others = mail_date(message, prefix, options)
    subject = header(message, "Subject")
    body = body_of(text_of(message))
    values: dict[str, Any] = {
        "via": "email",
        "source": "system",
        "direction": "inbound" if options.received else "outbound",
        "title": title_of(decoded(subject), "(no subject)"),
        "sent_at": sent_at,
    }
    if body.strip():
        values["body"] = body
    message_id = stated_message_id(message, prefix)
    texts = () if message_id else (content, _CUT_BY_0_1_0.split(content, maxsplit=1)[0])
    identity = MailIdentity(
        kind="mail-received" if options.received else "mail",
        message_id=message_id,
        moments=(sent_at, *others),
        header=(header(message, "From"), subject),
        contents=tuple(map(below_head, texts)),
    )
    return _Read(values, identity, people)


def _people(message: Message, prefix: str, options: ImportOptions) -> Mapping[str, tuple[str, ...]]:
    """Return the recipients, or the sender of received mail.

    Raises:
        UnreadableError: they cannot be parsed, or the message has the other direction.
    """
    stated = options.constants.get("to")
    if options.received:
        return {str(stated): (str(stated),)} if stated else _sender(message, options)
    if stated:
        return {str(stated): (str(stated),)}
    fields = [headers(message, f"{prefix}{name}") for name in _RECIPIENTS]
    people = addresses_of([value for found in fields for value in (found[:1] if prefix else found)])
    if not people:
        raise UnreadableError(
            "no recipient is named in To, Cc or Bcc; --set to=ADDRESS says who it was, if it was one for all"
        )
    senders = known_addresses(message, ("From", "Sender", "Resent-From"))
    delivered = frozenset() if options.own else known_addresses(message, _DELIVERED)
    if any(options.is_own(sender) or sender in delivered for sender in senders):
        return people
    if not delivered.isdisjoint(people):
        raise UnreadableError(f"its Delivered-To says that its recipient received it, not sent it{_ADVICE}{_OTHERWISE}")
    if any(map(options.is_own, people)):
        raise UnreadableError(
            f"it was sent to this location's own address, not by it{_ADVICE}{'' if options.own else _OTHERWISE}"
        )
    if options.own:
        options.warn("neither its sender nor a recipient is one of the location's own addresses")
    return people


def _sender(message: Message, options: ImportOptions) -> Mapping[str, tuple[str, ...]]:
    try:
        senders = addresses_of(headers(message, "From"))
    except UnreadableError:
        senders = {}
    if len(senders) != 1:
        raise UnreadableError(
            "From does not name one sender, who is whom received mail is about; --set to=ADDRESS says who it was"
        )
    if any(map(options.is_own, senders)):
        raise UnreadableError("it was sent by this location itself: import it without --received")
    return senders


def known_addresses(message: Message, names: Iterable[str]) -> frozenset[str]:
    """Return the addresses in these fields that can be parsed."""
    found: set[str] = set()
    for value in (value for name in names for value in headers(message, name)):
        with suppress(UnreadableError):
            found.update(addresses_of([value]))
    return frozenset(found)


def require_whole_head(message: Message, content: bytes) -> None:
    """Raise ``UnreadableError`` if recipients may be outside the parsed header."""
    if len(content) >= _LONGEST_HEAD and not HEAD_END.search(content[:_LONGEST_HEAD]):
        raise UnreadableError("its header is longer than a MiB")
    if any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in message.defects):
        end = HEAD_END.search(content)
        head = content[: end.start()] if end else content
        read = sum(len(headers(message, name)) for name in _ADDRESSED)
        if len(_ADDRESSED_LINE.findall(head)) > read:
            raise UnreadableError("a line among its header fields is none, and recipients stand below it")


def below_head(content: bytes) -> str:
    """Return what follows the header, as text that keeps every byte."""
    parts = HEAD_END.split(content, maxsplit=1)
    return parts[-1].strip().decode("latin-1") if len(parts) > 1 else ""


def mail_date(message: Message, prefix: str, options: ImportOptions) -> tuple[datetime, list[datetime]]:
    """Return when the message was sent, and other times that 0.1.0 may have used."""
    stated = [*headers(message, f"{prefix}Date")[:1], *(headers(message, "Date")[:1] if prefix else [])]
    received = [value.rpartition(";")[2] for value in headers(message, "Received")]
    received.reverse()  # the first server to receive it wrote the last line
    found: list[datetime] = []
    fault = ""
    for text in filter(str.strip, (*stated, *received)):
        try:
            found.append(read_mail_date(decoded(text), options))
            if fault and len(found) == 1:
                options.warn("its Date gives no certain time; the time at which the first server received it was taken")
        except UnreadableError as error:
            fault = fault or str(error)
    if not found:
        raise UnreadableError(f"{fault or 'the message has no date'}, and no Received line helps")
    if all(map(is_read_as_in_0_1_0, stated)):
        return found[0], []
    return found[0], [
        *found[1:],
        *(moment for text in stated for moment in readings_of_0_1_0(decoded(text), options.zone)),
    ]
