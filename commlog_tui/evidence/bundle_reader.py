"""Read the entries of a proof bundle from its hashed bytes alone, without a service."""

import msgspec
from pydantic import ValidationError

from commlog_tui.contract.entry import EntryDetail
from commlog_tui.ledger.bundle import Bundle, BundleError, ProvenRecord
from commlog_tui.records.entry_state import detail_of
from commlog_tui.records.record import Record, Thread


def read_entries(bundle: Bundle) -> list[EntryDetail]:
    """Return the entries of a verified bundle with their history, in the order of the log.

    Roots of other kinds, which this version does not know, are left out.

    Raises:
        BundleError: this version cannot read a record of a kind that it knows.
    """
    proved = {one.seq: one for one in bundle.records}
    try:
        threads = [[_record(proved[seq]) for seq in one.seqs] for one in bundle.entries]
        return [_detail(records) for records in threads if records[0].public.kind == "entry"]
    except (ValidationError, msgspec.DecodeError, RecursionError, KeyError, TypeError, ValueError, OverflowError):
        raise BundleError("The records verify, but this version cannot read them.") from None


def _record(proved: ProvenRecord) -> Record:
    personal = None if proved.personal is None else proved.personal.encode()
    return Record.read(proved.record.encode(), personal, proved.leaf)


def _detail(records: list[Record]) -> EntryDetail:
    root, *later = records
    detail = detail_of(Thread(root, tuple(later)))
    return EntryDetail.model_validate_json(msgspec.json.encode(detail))
