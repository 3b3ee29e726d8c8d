"""The store's rows mirror the contract's answers, field by field."""

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from pydantic import BaseModel

from commlog_tui.contract import (
    customer,
    customer_record,
    delivery,
    entry,
    handover,
    ledger,
    location,
    page,
    resend,
    resend_list,
    resolution,
    run,
    statistics,
    task,
    worklist,
)
from commlog_tui.records import customer_rows
from commlog_tui.records import rows as record_rows
from commlog_tui.store import rows
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import KeyFile, signed
from tests.store.factory import ask, call, correction, event, mail, put


@dataclass(frozen=True)
class Pair:
    row: type[msgspec.Struct]
    model: type[BaseModel]


PAIRS = [
    Pair(record_rows.CustomerRow, customer.EntryCustomer),
    Pair(rows.PersonRow, customer.Customer),
    Pair(record_rows.ResendRow, resend.Resend),
    Pair(rows.ResendsRow, resend_list.Resends),
    Pair(rows.MatchesRow, customer.CustomerMatches),
    Pair(rows.StatisticRow, statistics.Statistic),
    Pair(rows.StatisticsRow, statistics.Statistics),
    Pair(rows.WorkItemRow, worklist.WorkItem),
    Pair(rows.OverdueMessageRow, worklist.OverdueMessage),
    Pair(rows.WorklistRow, worklist.Worklist),
    Pair(customer_rows.PreferenceRow, customer.Preference),
    Pair(customer_rows.ContactRow, customer_record.Contact),
    Pair(customer_rows.LocalCustomerRow, customer_record.LocalCustomer),
    Pair(customer_rows.MergeRow, customer_record.Merge),
    Pair(customer_rows.CustomerRecordsRow, customer_record.CustomerRecords),
    Pair(customer_rows.PreferencesRow, customer_record.Preferences),
    Pair(record_rows.MatchRow, entry.Match),
    Pair(record_rows.EntryRow, entry.Entry),
    Pair(record_rows.EventRow, delivery.DeliveryEvent),
    Pair(record_rows.MessageRow, delivery.ProviderMessage),
    Pair(record_rows.AttachmentRow, entry.Attachment),
    Pair(record_rows.UnmatchedEventRow, delivery.UnmatchedEvent),
    Pair(record_rows.ResolutionRow, resolution.Resolution),
    Pair(record_rows.RunRow, run.Run),
    Pair(record_rows.RunStepRow, run.RunStep),
    Pair(record_rows.TaskRow, task.Task),
    Pair(record_rows.TaskChangeRow, task.TaskChange),
    Pair(record_rows.TaskCustomerRow, task.TaskCustomer),
    Pair(rows.TasksRow, task.Tasks),
    Pair(record_rows.HandoverRow, handover.Handover),
    Pair(record_rows.HandoverCountsRow, handover.HandoverCounts),
    Pair(record_rows.TakingRow, handover.Taking),
    Pair(rows.HandoversRow, handover.Handovers),
    Pair(record_rows.CorrectionRow, entry.Correction),
    Pair(record_rows.RedactionRow, entry.Redaction),
    Pair(record_rows.ReceiptRow, entry.Receipt),
    Pair(record_rows.OtherRow, entry.OtherRecord),
    Pair(record_rows.DetailRow, entry.EntryDetail),
    Pair(rows.TotalRow, page.Total),
    Pair(rows.PageRow, page.Page),
    Pair(rows.UnmatchedEventsRow, delivery.UnmatchedEvents),
    Pair(rows.RunsRow, run.Runs),
    Pair(rows.ResolutionsRow, resolution.Resolutions),
    Pair(rows.FeedRow, page.FeedItem),
    Pair(rows.MatchingIdsRow, page.MatchingIds),
    Pair(rows.LocationRow, location.Location),
    Pair(rows.ChannelRow, location.Channel),
    Pair(rows.LocationDetailRow, location.LocationDetail),
    Pair(rows.CheckpointRow, ledger.SignedCheckpoint),
    Pair(rows.InclusionRow, ledger.InclusionProof),
    Pair(rows.ConsistencyRow, ledger.ConsistencyProof),
    Pair(rows.RecordRow, ledger.Record),
    Pair(rows.RecordsRow, ledger.Records),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.row.__name__)
def test_rows_have_the_fields_of_the_contract(pair: Pair) -> None:
    assert [field.name for field in msgspec.structs.fields(pair.row)] == list(pair.model.model_fields)


def test_every_row_is_compared() -> None:
    named = [*vars(rows).values(), *vars(record_rows).values(), *vars(customer_rows).values()]
    found = {kind for kind in named if isinstance(kind, type) and issubclass(kind, msgspec.Struct)}
    assert found - {msgspec.Struct} == {pair.row for pair in PAIRS}


async def test_answers_are_read_by_the_contract(store: Store, keys: KeyFile) -> None:
    sent, rang = mail(customer={"id": "c-1", "name": "Zoë"}), call()
    await put(
        store, sent, event(sent, "bounced", detail="550"), rang, correction(rang, title="Rang again", customer=None)
    )
    answers: list[tuple[type[BaseModel], Any]] = [
        (page.Page, await ask(store)),
        (entry.EntryDetail, await store.detail("quay", sent.id)),
        (entry.EntryDetail, await store.detail("quay", rang.id)),
        (customer.Customer, await store.customer("quay", "c-1")),
        (location.LocationDetail, await store.location("quay")),
        (page.FeedItem, (await store.feed("quay", 0, 1))[0]),
        (ledger.SignedCheckpoint, signed(await store.head("quay"), keys)),
        (ledger.InclusionProof, await store.proof("quay", 2)),
        (ledger.ConsistencyProof, await store.consistency("quay", 2)),
        (ledger.Record, (await store.records("quay", 0, 1))[0]),
    ]
    for model, row in answers:
        read = model.model_validate_json(msgspec.json.encode(row))
        assert msgspec.json.decode(read.model_dump_json(exclude_unset=True)) == msgspec.json.decode(
            msgspec.json.encode(row)
        )
