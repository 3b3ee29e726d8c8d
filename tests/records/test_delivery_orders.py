"""Whatever is recorded in whatever order and batches: joins, repeats and redactions hold."""

from typing import Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.entry import EntryDetail
from commlog_tui.records.decide import Appended
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.entry_state import detail_of
from commlog_tui.records.errors import LogError
from commlog_tui.records.kind import Item
from tests.records.delivery_items import ADA, BOB, fields_of, mail, redaction, report, run
from tests.records.memory import MemoryLog
from tests.records.test_decide import uuid


def about(number: int, kind: str, to: str | None, event_id: str | None) -> AppendEvent:
    return AppendEvent(None, uuid(number), NewEvent.model_validate(fields_of(kind, to, event_id)))


NUMBERS = st.integers(1, 3)
TO = st.sampled_from([ADA, BOB, None])
KINDS = st.sampled_from(["sent", "delivered", "bounced"])
EVENT_IDS = st.sampled_from([None, "e-1", "e-2"])
REPORTS = st.builds(
    lambda kind, to, message, one: report(kind, to, message, event_id=one), KINDS, TO, NUMBERS, EVENT_IDS
)
INLINE = st.lists(st.builds(fields_of, KINDS, TO, EVENT_IDS), max_size=2)
ENTRIES = st.builds(
    lambda n, to, message, events: mail(n, to, message, events=events),
    st.integers(1, 4), st.sampled_from([ADA, BOB]), st.one_of(st.none(), NUMBERS), INLINE,
)  # fmt: skip
ABOUT = st.builds(about, st.integers(1, 4), KINDS, TO, EVENT_IDS)
ITEMS: st.SearchStrategy[list[Item]] = st.lists(
    st.one_of(
        REPORTS, ENTRIES, ABOUT, st.builds(redaction, st.integers(11, 14), st.integers(1, 4)),
        st.builds(run, st.sampled_from(["running", "failed", "completed"]), st.integers(0, 2)),
    ),
    max_size=12,
)  # fmt: skip


def shown(answers: list[Appended | LogError]) -> list[Any]:
    return [answer if isinstance(answer, Appended) else type(answer) for answer in answers]


@example([report("sent", event_id="e-1"), mail(1), about(1, "sent", ADA, "e-1")], [1])
@given(ITEMS, st.lists(st.integers(1, 4), max_size=12))
def test_batches_make_no_difference(items: list[Item], sizes: list[int]) -> None:
    single, split = MemoryLog(), MemoryLog()
    expected = [answer for item in items for answer in single.append(item)]
    rest, answers = list(items), list[Appended | LogError]()
    for size in [*sizes, len(items)]:
        answers += split.append(*rest[:size])
        rest = rest[size:]
    assert shown(answers) == shown(expected)
    assert single.records == split.records
    assert single.changes == split.changes


@example([report("sent"), mail(1), redaction(11, 1), mail(2)])
@example(
    [
        report("sent", event_id="e-1"),
        report("sent", event_id="e-1", to="bob@example.com"),
        mail(1, to="bob@example.com"),
    ]
)
@given(ITEMS)
def test_what_was_accepted_is_accepted_again_with_its_first_receipt(items: list[Item]) -> None:
    log = MemoryLog()
    accepted = [(item, answer) for item in items for answer in log.append(item) if isinstance(answer, Appended)]
    count = len(log.records)
    for item, first in accepted:
        (again,) = log.append(item)
        assert isinstance(again, Appended)
        assert again.receipt == first.receipt
    assert len(log.records) == count


@given(ITEMS)
def test_redacted_entries_leave_no_text_and_every_event_is_seen_once(items: list[Item]) -> None:
    log = MemoryLog()
    log.append(*items)
    loose = {
        record.public.id: record
        for record in log.records
        if record.public.kind == "event" and record.public.root is None
    }
    for record in log.records:
        if record.public.kind != "entry":
            continue
        thread = log.thread(record.public.id)
        found = EntryDetail.model_validate_json(msgspec.json.encode(detail_of(thread)))
        ids = [event.id for event in found.events]
        assert len(ids) == len(set(ids))
        if thread.is_redacted:
            joined = [loose[match.public.matches] for match in thread.of_kind("match")]
            assert all(b"secret" not in (one.personal or b"") for one in (thread.root, *thread.later, *joined))
