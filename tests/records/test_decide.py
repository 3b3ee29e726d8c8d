"""Decisions and folds without a database: every answer, refusal, repeat, order and redaction."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commlog_tui.contract.delivery import NewEvent, status_of
from commlog_tui.contract.entry import EntryDetail, NewCorrection, NewEntry, NewRedaction
from commlog_tui.ledger.leaf import commitment, leaf_hash
from commlog_tui.ledger.tree import Frontier
from commlog_tui.records.correction import AppendCorrection
from commlog_tui.records.decide import Appended
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.entry_state import detail_of
from commlog_tui.records.errors import (
    KeyReusedError,
    LogError,
    NotAutomatedError,
    NotManualError,
    RedactedError,
    UnknownEntryError,
)
from commlog_tui.records.kind import Item
from commlog_tui.records.redaction import AppendRedaction
from tests.records.memory import START, MemoryLog


def uuid(number: int) -> str:
    return str(UUID(int=number))


def entry(number: int, *, manual: bool, title: str = "Confirmation", events: Sequence[NewEvent] = ()) -> AppendEntry:
    text: dict[str, Any] = {
        "via": "phone" if manual else "email",
        "to": "a@example.com",
        "title": title,
        "sent_at": START,
    }
    text |= {"source": "manual" if manual else "workflow", "events": () if manual else tuple(events)}
    return AppendEntry(uuid(number), NewEntry.model_validate(text))


def event(number: int, about: int, kind: str, detail: str | None = None, minutes: int = 0) -> AppendEvent:
    fields = {"kind": kind, "at": START + timedelta(minutes=minutes), "detail": detail}
    return AppendEvent(uuid(number), uuid(about), NewEvent.model_validate(fields))


def correction(number: int, about: int, **changes: Any) -> AppendCorrection:
    return AppendCorrection(uuid(number), uuid(about), NewCorrection.model_validate({"changes": changes}))


def redaction(number: int, about: int, reason: str = "asked") -> AppendRedaction:
    return AppendRedaction(uuid(number), uuid(about), NewRedaction(reason=reason))


KINDS_OF_EVENT = st.sampled_from(["sent", "deferred", "delivered", "bounced", "opened", "complained"])
NUMBERS = st.integers(1, 6)
LATER = st.integers(11, 30)
TITLES = st.sampled_from(["Confirmation", "secret-a", "secret-b"])
EVENTS = st.lists(
    st.builds(lambda kind, m: event(0, 0, kind, minutes=m).event, KINDS_OF_EVENT, st.integers(0, 3)), max_size=2
)
ITEMS: st.SearchStrategy[list[Item]] = st.lists(
    st.one_of(
        st.builds(lambda n, m, t, e: entry(n, manual=m, title=t, events=e), NUMBERS, st.booleans(), TITLES, EVENTS),
        st.builds(event, LATER, NUMBERS, KINDS_OF_EVENT, st.sampled_from([None, "secret-c"]), st.integers(0, 3)),
        st.builds(lambda n, about, title: correction(n, about, title=title), LATER, NUMBERS, TITLES),
        st.builds(redaction, LATER, NUMBERS),
    ),
    max_size=14,
)


def shown(answers: Sequence[Appended | LogError]) -> list[Any]:
    return [answer if isinstance(answer, Appended) else type(answer) for answer in answers]


@example([entry(1, manual=False, title="Reminder"), redaction(11, 1), entry(1, manual=False)], [])
@given(ITEMS, st.lists(st.integers(1, 4), max_size=14))
def test_batches_make_no_difference(items: list[Item], sizes: list[int]) -> None:
    one_by_one, together, split = MemoryLog(), MemoryLog(), MemoryLog()
    single = [answer for item in items for answer in one_by_one.append(item)]
    assert shown(together.append(*items)) == shown(single)
    rest, answers = list(items), list[Appended | LogError]()
    for size in [*sizes, len(items)]:
        answers += split.append(*rest[:size])
        rest = rest[size:]
    assert shown(answers) == shown(single)
    assert one_by_one.new == together.new == split.new
    assert one_by_one.records == together.records == split.records
    assert one_by_one.changes == together.changes == split.changes
    assert one_by_one.head == together.head == split.head


@given(ITEMS)
def test_positions_leaves_and_the_tree_fit(items: list[Item]) -> None:
    log = MemoryLog()
    log.append(*items)
    frontier = Frontier()
    for seq, new in enumerate(log.new, 1):
        record = new.record
        assert (new.seq, record.seq, record.public.id) == (seq, seq, new.id)
        assert record.public.personal == commitment(new.salt, new.personal).hex()
        assert new.leaf == leaf_hash(new.public)
        frontier.push(new.leaf)
    assert (log.head.seq, log.head.frontier) == (len(log.new), frontier.peaks)
    assert log.head.entries == sum(new.kind == "entry" for new in log.new)


@given(ITEMS)
def test_what_was_accepted_is_accepted_again_with_its_first_receipt(items: list[Item]) -> None:
    log = MemoryLog()
    accepted = [(item, answer) for item in items for answer in log.append(item) if isinstance(answer, Appended)]
    count = len(log.records)
    for item, first in accepted:
        (again,) = log.append(item)
        assert isinstance(again, Appended)
        assert (again.receipt, again.created) == (first.receipt, False)
    assert len(log.records) == count


@given(ITEMS)
def test_a_redaction_leaves_no_text_and_everything_can_be_read(items: list[Item]) -> None:
    log = MemoryLog()
    log.append(*items)
    for record in log.records:
        if record.public.kind != "entry":
            continue
        thread = log.thread(record.public.id)
        detail = EntryDetail.model_validate_json(msgspec.json.encode(detail_of(thread)))
        assert detail.entry.redacted == thread.is_redacted
        assert detail.entry.status == status_of(one.kind for one in detail.events)
        if thread.is_redacted:
            left = b"".join(one.personal or b"" for one in (thread.root, *thread.later))
            assert b"secret" not in left
            assert detail.entry.title == "Redacted"
            assert detail.redaction is not None


def test_the_status_does_not_depend_on_the_order_of_events() -> None:
    reports = ["sent", "delivered", "bounced", "opened"]
    found = set()
    for order in permutations(reports):
        log = MemoryLog()
        log.append(entry(1, manual=False), *(event(10 + at, 1, kind) for at, kind in enumerate(order)))
        found.add(detail_of(log.thread(uuid(1))).entry.status)
    assert found == {"bounced"}


@pytest.mark.parametrize(
    ("before", "item", "refusal"),
    [
        ([], event(11, 1, "sent"), UnknownEntryError),
        ([], redaction(11, 1), UnknownEntryError),
        ([entry(1, manual=True)], event(11, 1, "sent"), NotAutomatedError),
        ([entry(1, manual=False)], correction(11, 1, title="No"), NotManualError),
        ([entry(1, manual=False), event(11, 1, "sent")], event(12, 11, "sent"), UnknownEntryError),
        ([entry(1, manual=False)], entry(1, manual=False, title="Other"), KeyReusedError),
        ([entry(1, manual=False), event(11, 1, "sent")], entry(11, manual=False), KeyReusedError),
        ([entry(1, manual=True), redaction(11, 1)], correction(12, 1, title="Late"), RedactedError),
        ([entry(1, manual=True), redaction(11, 1)], redaction(12, 1), RedactedError),
    ],
)
def test_refusals_record_nothing(before: list[Item], item: Item, refusal: type[LogError]) -> None:
    log = MemoryLog()
    log.append(*before)
    count = len(log.records)
    assert [type(answer) for answer in log.append(item)] == [refusal]
    assert (len(log.records), log.head.seq) == (count, count)


def test_a_field_that_is_null_and_one_that_is_absent_mean_the_same() -> None:
    log = MemoryLog()
    item = entry(1, manual=True)
    log.append(item)
    first = log.records[0]
    fields = {name: value for name, value in (first.fields() or {}).items() if value is not None}
    log.records[0] = type(first)(first.raw, first.public, msgspec.json.encode(fields, order="sorted"), first.leaf)
    (again,) = log.append(item)
    assert isinstance(again, Appended)
    (other,) = log.append(entry(1, manual=True, title="Other"))
    assert isinstance(other, KeyReusedError)
