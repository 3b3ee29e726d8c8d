"""Build proof bundles from a log's API."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from commlog_tui.contract.base import is_uuid
from commlog_tui.contract.booking import code_form
from commlog_tui.contract.query import MAX_PAGE_SIZE, EntryQuery
from commlog_tui.ledger.bundle import FORMAT, Bundle, BundleEntry, BundleError, ProvenRecord, verify_bundle

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.contract.entry import Entry, EntryDetail

Question = TypeVar("Question")
Answer = TypeVar("Answer")

_AT_ONCE: Final = 8
_ATTEMPTS: Final = 3
_LONGEST_QUESTION: Final = 200


async def entries_of_booking(client: "LogClient", location: str, booking: str) -> list[str]:
    """Return the ids of a booking's entries, oldest first, by its reference or code.

    Raises ``ClientError``.
    """
    if is_uuid(booking):
        found = await _all(client, location, EntryQuery(reference=booking))
    elif 0 < len(booking) <= _LONGEST_QUESTION:
        found = await _all(client, location, EntryQuery(q=booking))
        found = [entry for entry in found if code_form(entry.code) == code_form(booking)]
    else:
        found = []
    return [entry.id for entry in found]


async def entries_of_customer(client: "LogClient", location: str, customer_id: str) -> list[str]:
    """Return the ids of a customer's whole history, oldest first. Raises ``ClientError``."""
    return [entry.id for entry in await _all(client, location, EntryQuery(customer_id=customer_id))]


async def build_bundle(
    client: "LogClient",
    location: str,
    entry_ids: Sequence[str],
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Bundle:
    """Build the proof bundle of entries with everything recorded about them so far.

    Raises:
        BundleError: the log's answers do not verify.
        ClientError: the service is not available, or an entry does not exist.
    """
    attempt = 1
    while True:
        bundle = await _bundle(client, location, entry_ids, progress)
        try:
            verify_bundle(bundle)
        except BundleError:
            if attempt == _ATTEMPTS:
                raise
            attempt += 1  # a redaction may have come in between
        else:
            return bundle


async def _all(client: "LogClient", location: str, query: EntryQuery) -> "list[Entry]":
    page = await client.page(location, query, limit=MAX_PAGE_SIZE)
    found = list(page.entries)
    while page.older:
        page = await client.page(location, query, limit=MAX_PAGE_SIZE, cursor=page.older)
        found += page.entries
    return found[::-1]


async def _bundle(
    client: "LogClient", location: str, entry_ids: Sequence[str], progress: Callable[[int, int], None]
) -> Bundle:
    details = await _gathered(lambda one: client.detail(location, one), entry_ids)
    entries = sorted((BundleEntry(detail.entry.id, _seqs(detail)) for detail in details), key=lambda entry: entry.seqs)
    checkpoint = await client.checkpoint(location)  # after the details, so that it holds for all that they tell
    done, seqs = 0, sorted(seq for entry in entries for seq in entry.seqs)

    async def proved(seq: int) -> ProvenRecord:
        nonlocal done
        proof = await client.proof(location, seq, checkpoint.size)
        done += 1
        progress(done, len(seqs))
        return ProvenRecord(seq, proof.record.record, proof.record.salt, proof.record.personal, proof.path)

    records = await _gathered(proved, seqs)
    return Bundle(FORMAT, checkpoint.note, checkpoint.key, checkpoint.introductions, tuple(entries), tuple(records))


def _seqs(detail: "EntryDetail") -> tuple[int, ...]:
    later = [event.seq for event in detail.events] + [correction.seq for correction in detail.corrections]
    later += [detail.redaction.seq] if detail.redaction else []
    later += [other.seq for other in detail.other] + [one.seq for one in detail.resolutions]
    later += [one.seq for one in detail.resends]
    return (detail.receipt.seq, *sorted(later))


async def _gathered(ask: Callable[[Question], Awaitable[Answer]], about: Sequence[Question]) -> list[Answer]:
    """Call ``ask`` for every item, a few at a time, and return the results in order."""
    answers: list[Answer] = []
    for at in range(0, len(about), _AT_ONCE):
        answers += await asyncio.gather(*map(ask, about[at : at + _AT_ONCE]))
    return answers
