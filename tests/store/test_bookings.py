"""A booking is found by its reference and by its code."""

from commlog_tui.contract.booking import BookingQuery
from commlog_tui.contract.query import ResolutionQuery, RunQuery
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.protocol import Store
from commlog_tui.store.rows import BookingRow
from tests.store.delivery_factory import resolution, run_report
from tests.store.factory import NOON, call, correction, mail, minutes, put, redaction

REFERENCE = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"


async def by_code(store: Store, code: str) -> BookingRow:
    return await store.booking("quay", BookingQuery(code=code))


def names(found: BookingRow, *entries: AppendEntry) -> list[int]:
    known = {entry.id: number for number, entry in enumerate(entries)}
    return sorted(known[detail.entry.id] for detail in found.details)


async def test_a_code_is_found_among_many_newer_entries_that_contain_it(store: Store) -> None:
    booked = mail(code="HB-7", reference=REFERENCE)
    others = [
        mail(code=code, title="About HB-7", to="hb-7@example.com", sent_at=NOON + minutes(number))
        for number, code in enumerate(["HB-70", "HB-71", "xHB-7"] * 70)
    ]
    later = mail(title="Without the code", reference=REFERENCE, sent_at=NOON + minutes(300))
    await put(store, booked, *others, later)
    await put(store, mail(code="HB-7"), location="pier")
    found = await by_code(store, "HB-7")
    assert names(found, booked, later) == [0, 1]
    assert (found.reference, found.code) == (REFERENCE, "HB-7")


async def test_letter_case_and_spaces_around_a_code_do_not_count(store: Store) -> None:
    booked = mail(code="Hb-Straße")
    about_run = run_report("run-1", "failed", code="HB-STRASSE")
    dealt_with = resolution(code="hb-STRASSE", expected="confirmation", note="Rang them.")
    await put(store, booked, about_run, dealt_with)
    found = await by_code(store, " hb-strasse ")
    assert (names(found, booked), len(found.runs), len(found.resolutions)) == ([0], 1, 1)
    assert found.code == "Hb-Straße"
    assert len((await store.runs("quay", RunQuery(code="hb-strasse"))).runs) == 1
    assert len((await store.resolutions("quay", ResolutionQuery(code="hb-strasse"))).resolutions) == 1


async def test_a_corrected_code_finds_and_a_redacted_one_does_not(store: Store) -> None:
    rang, other = call(code="HB-1"), call(code="HB-1")
    await put(store, rang, other)
    await put(store, correction(rang, code="HB-2"))
    assert names(await by_code(store, "HB-1"), rang, other) == [1]
    assert names(await by_code(store, "hb-2"), rang, other) == [0]
    await put(store, redaction(rang))
    assert (await by_code(store, "HB-2")).details == ()
    await store.rebuild()
    assert names(await by_code(store, "HB-1"), rang, other) == [1]
