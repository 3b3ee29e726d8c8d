"""Messages sent again, in a store: records, what waits, who may send it, redaction, rebuild."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from commlog_tui.contract.identity import id_of_resent, namespaced_id
from commlog_tui.contract.resend import ResendState, Route
from commlog_tui.contract.resend_list import ResendListQuery
from commlog_tui.contract.worklist import WorklistQuery
from commlog_tui.records.call_off import AppendCallOff
from commlog_tui.records.decide import Appended
from commlog_tui.records.errors import (
    AlreadySentError,
    KeyReusedError,
    LogError,
    NotSendableError,
    RedactedError,
    UnknownEntryError,
)
from commlog_tui.records.kind import Item
from commlog_tui.records.rows import EntryRow, ResendRow
from commlog_tui.store.opening import open_audit
from commlog_tui.store.protocol import Store
from commlog_tui.store.resends import DELAYS, Outgoing
from tests.store.databases import Database
from tests.store.delivery_factory import resolution
from tests.store.factory import NOON, call, event, put, redaction
from tests.store.resend_factory import MAIL, TEXT, begun, ended, letter, resend
from tests.store.work_factory import task

ORIGINAL = str(UUID(int=1))
SOON = timedelta(seconds=30)
ALL = tuple(Route)


async def add(store: Store, item: Item, location: str = "quay") -> Appended | LogError:
    (answer,) = await store.append(location, "Desk", [item])
    return answer


async def resends(store: Store, entry_id: str = ORIGINAL) -> tuple[ResendRow, ...]:
    found = (await store.detail("quay", entry_id)).resends
    assert isinstance(found, tuple)
    return found


async def entry(store: Store, entry_id: str) -> EntryRow:
    return (await store.detail("quay", entry_id)).entry


async def claim(store: Store, now: datetime | None = None, limit: int = 10, routes: Any = ALL) -> list[Outgoing]:
    at = now or datetime.now(UTC)
    return list(await store.resends.claim("quay", routes, at, at + SOON, limit))


async def test_a_message_sent_again_is_an_entry_chained_to_the_original_in_both_directions(store: Store) -> None:
    first = letter(1, code="HB-1", kind="confirmation", customer={"id": "c-1", "name": "Ada"})
    await put(store, first, event(first, "bounced"), resend(10, first, to="ada@gmail.com"))
    (one,) = await resends(store)
    assert (one.to, one.why, one.route, one.actor) == ("ada@gmail.com", "typo", "smtp", "sender")
    assert (one.state, one.status, one.attempts, one.original) == ("waiting", "queued", 0, ORIGINAL)
    new = await entry(store, one.entry)
    assert (new.to, new.title, new.body, new.code, new.kind) == (
        "ada@gmail.com", "Booking Confirmation", TEXT, "HB-1", "confirmation",
    )  # fmt: skip
    assert (new.via, new.source, new.direction, new.resend_of) == ("email", "system", "outbound", ORIGINAL)
    assert (new.customer and new.customer.id, new.message and new.message.id) == ("c-1", f"{one.entry}@quay.example")
    assert (new.seq, new.sent_at) == (one.seq + 1, one.recorded_at)


async def test_what_was_sent_again_is_done_with_in_the_worklist(store: Store) -> None:
    first = letter(1)
    await put(store, first, event(first, "bounced"))
    assert len((await store.worklist("quay", WorklistQuery(), NOON)).items) == 1
    await put(store, resend(10, first))
    assert (await store.worklist("quay", WorklistQuery(), NOON)).items == ()


async def listed(store: Store) -> list[str]:
    return [one.entry.id for one in (await store.worklist("quay", WorklistQuery(), NOON)).items]


async def test_what_was_called_off_has_not_arrived_unless_something_else_dealt_with_it(store: Store) -> None:
    one, other = letter(1), letter(2, sent_at=NOON - SOON)
    await put(store, one, event(one, "bounced"), other, event(other, "bounced"))
    made = [id_of_resent(str(UUID(int=number)), manual=False) for number in (10, 11, 12)]
    await put(store, resend(10, one), resend(11, one, to="bo@example.com"))
    await put(store, AppendCallOff(made[0], 0))
    assert await listed(store) == [other.id], "the second one is still to be sent"
    await put(store, AppendCallOff(made[1], 0))
    assert await listed(store) == [one.id, other.id]
    first = await store.worklist("quay", WorklistQuery(limit=1), NOON)
    second = await store.worklist("quay", WorklistQuery(limit=1, cursor=first.next), NOON)
    assert [item.entry.id for page in (first, second) for item in page.items] == [one.id, other.id]
    assert second.next is None
    assert (await store.rebuild()).unreadable == []
    assert await listed(store) == [one.id, other.id]
    await put(store, resend(12, one, to="cy@example.com"))
    assert await listed(store) == [other.id], "it is sent once more"
    await put(store, AppendCallOff(made[2], 0), resolution(entry=one.id))
    assert await listed(store) == [other.id], "somebody has ticked it off"
    await put(store, redaction(one), redaction(other))
    assert await listed(store) == []


async def test_what_was_called_off_is_listed_no_longer_than_other_messages(store: Store) -> None:
    one = letter(1)
    await put(store, one, event(one, "bounced"), resend(10, one))
    await put(store, AppendCallOff(id_of_resent(str(UUID(int=10)), manual=False), 0))
    assert await listed(store) == [one.id]
    assert (await store.worklist("quay", WorklistQuery(), NOON + timedelta(days=31))).items == ()


async def test_a_repeat_gets_the_first_receipt_and_sends_nothing_more(store: Store) -> None:
    await put(store, letter(1))
    (made,) = await put(store, resend(10, ORIGINAL))
    (again,) = await put(store, resend(10, ORIGINAL, Route.WEBHOOK))
    assert (again.created, again.receipt) == (False, made.receipt)
    assert len(await resends(store)) == 1
    assert isinstance(await add(store, resend(10, ORIGINAL, why="other words")), KeyReusedError)
    assert isinstance(await add(store, resend(10, ORIGINAL, Route.BY_HAND)), KeyReusedError)


@pytest.mark.parametrize(
    ("before", "after"),
    [(MAIL, MAIL), (MAIL, "ADA@Example.com "), ("07700 900123", "+44 7700 900123")],
)
async def test_nothing_is_sent_twice_to_an_address_without_being_asked(store: Store, before: str, after: str) -> None:
    await put(store, letter(1))
    await put(store, resend(10, ORIGINAL, Route.WEBHOOK, to=before))
    assert isinstance(await add(store, resend(11, ORIGINAL, Route.WEBHOOK, to=after)), AlreadySentError)
    assert len(await resends(store)) == 1
    await put(store, resend(11, ORIGINAL, Route.WEBHOOK, to=after, again=True))
    await put(store, resend(12, ORIGINAL, to="bob@example.com"))
    assert [one.to for one in await resends(store)] == [before, after, "bob@example.com"]


async def test_what_cannot_be_sent_is_refused(store: Store) -> None:
    await put(store, letter(1), letter(2, body=None), call(str(UUID(int=3)), direction="inbound", to="07700 900123"))
    assert isinstance(await add(store, resend(10, str(UUID(int=9)))), UnknownEntryError)
    assert isinstance(await add(store, resend(10, str(UUID(int=1))), "pier"), UnknownEntryError)
    assert isinstance(await add(store, resend(10, str(UUID(int=2)))), NotSendableError)
    assert isinstance(await add(store, resend(10, str(UUID(int=3)), Route.BY_HAND)), NotSendableError)
    assert isinstance(await add(store, resend(10, ORIGINAL, to="07700 900123")), NotSendableError)
    assert isinstance(await add(store, resend(10, str(UUID(int=2)), Route.WEBHOOK)), Appended)


async def test_by_hand_waits_for_nobody(store: Store) -> None:
    await put(store, letter(1), resend(10, ORIGINAL, Route.BY_HAND, to="07700 900123"))
    (one,) = await resends(store)
    assert (one.state, one.status, one.route) == ("done", "logged", "by-hand")
    new = await entry(store, one.entry)
    assert (new.via, new.source, new.resend_of) == ("sms", "manual", ORIGINAL)
    assert await claim(store) == []


async def test_an_original_is_found_by_its_key_where_two_share_it(store: Store) -> None:
    await put(store, letter(1), call(ORIGINAL, direction="outbound", body="by hand"))
    apart = namespaced_id(ORIGINAL, manual=True)
    await put(store, resend(10, apart))
    assert (await resends(store, apart))[0].original == apart
    assert not (await store.detail("quay", ORIGINAL)).resends


async def test_what_waits_is_claimed_once_and_sent_by_the_one_who_begins(store: Store) -> None:
    await put(store, letter(1), resend(10, ORIGINAL))
    now = datetime.now(UTC)
    (mine,) = await claim(store, now)
    assert (mine.entry.body, mine.resend.why, mine.attempts, mine.is_begun) == (TEXT, "typo", 0, False)
    assert await claim(store, now) == []
    assert await store.resends.next_at("quay", ALL) == now + SOON
    (late,) = await claim(store, now + SOON)
    assert isinstance(await add(store, begun(mine.entry.id, worker="a")), Appended)
    assert isinstance(await add(store, begun(mine.entry.id, worker="a")), Appended)  # an answer that was lost
    assert isinstance(await add(store, begun(late.entry.id, worker="b", at=NOON + SOON)), KeyReusedError)
    (lost,) = await claim(store, now + 2 * SOON)
    assert (lost.is_begun, lost.attempts) == (True, 1)
    await store.resends.renew("quay", [lost.seq], now + 9 * SOON)
    assert await claim(store, now + 8 * SOON) == []
    await put(store, ended(mine.entry.id, "done", "sent"))
    assert await store.resends.next_at("quay", ALL) is None
    (one,) = await resends(store)
    assert (one.state, one.status, one.attempts) == ("done", "sent", 1)
    assert isinstance(await add(store, ended(mine.entry.id, "uncertain", "failed", worker="b")), KeyReusedError)


async def test_what_failed_for_now_is_due_later(store: Store) -> None:
    await put(store, letter(1), resend(10, ORIGINAL))
    (mine,) = await claim(store)
    at = datetime.now(UTC)
    for attempt, delay in enumerate(DELAYS, 1):
        await put(store, ended(mine.entry.id, "waiting", "queued", attempt, at))
        assert (await resends(store))[0].next_at == at + delay
        assert await claim(store, at + delay - timedelta(microseconds=1)) == []
        (found,) = await claim(store, at + delay)
        assert found.attempts == attempt
        at += delay
    assert (await resends(store))[0].status == "queued"


async def test_routes_wait_apart_and_the_webhook_keeps_the_order(store: Store) -> None:
    await put(store, letter(1), letter(2), letter(3))
    asked = [resend(10 + number, str(UUID(int=number)), Route.WEBHOOK) for number in (1, 2)]
    await put(store, *asked, resend(13, str(UUID(int=3))))
    assert [one.resend.route for one in await claim(store, routes=[Route.SMTP])] == ["smtp"]
    (first,) = await claim(store, routes=[Route.WEBHOOK])
    assert first.entry.resend_of == ORIGINAL
    assert await claim(store) == []
    await put(store, ended(first.entry.id, "waiting", "queued", 1, datetime.now(UTC)))
    assert await claim(store) == []
    await put(store, ended(first.entry.id, "done", "queued", 2, datetime.now(UTC)))
    (second,) = await claim(store)
    assert second.entry.resend_of == str(UUID(int=2))


async def test_pages_have_every_resend_once_newest_first(store: Store) -> None:
    for number in range(1, 6):
        await put(store, letter(number), resend(10 + number, str(UUID(int=number))))
    await put(store, ended(id_of_resent(str(UUID(int=11)), manual=False), "failed", "failed"))
    found, query = [], ResendListQuery(limit=2)
    while True:
        page = await store.resends.page("quay", query)
        found += [one.id for one in page.resends]
        if page.older is None:
            break
        query = query.model_copy(update={"cursor": page.older})
    assert found == [str(UUID(int=10 + number)) for number in (5, 4, 3, 2, 1)]
    failed = await store.resends.page("quay", ResendListQuery(state=ResendState.FAILED))
    assert [(one.id, one.status) for one in failed.resends] == [(str(UUID(int=11)), "failed")]
    assert (await store.resends.page("pier", ResendListQuery())).resends == ()


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "at once"])
async def test_a_redaction_takes_what_was_sent_again_along(store: Store, together: bool) -> None:
    first = letter(1)
    made = id_of_resent(str(UUID(int=10)), manual=False)
    items: list[Item] = [
        first,
        resend(10, first, to="ada@gmail.com", why="Ada moved"),
        resend(11, made, to="ada@home.example"),
        task(20, entry=made, words="ring Ada"),
    ]
    for some in [items] if together else [[one] for one in items]:
        await put(store, *some)
    await put(store, redaction(first))
    for entry_id in (ORIGINAL, made, id_of_resent(str(UUID(int=11)), manual=False)):
        assert (await entry(store, entry_id)).redacted, entry_id
    assert [(one.to, one.why, one.state) for one in await resends(store)] == [("", "", None)]
    assert await claim(store) == []
    assert all("Ada" not in (record.personal or "") for record in await store.records("quay", 0, 100))
    assert isinstance(await add(store, resend(12, first)), RedactedError)
    again = await add(store, resend(10, first, to="ada@gmail.com", why="Ada moved"))
    assert isinstance(again, Appended)
    assert not again.created
    assert (await store.resends.page("quay", ResendListQuery())).resends == ()


async def test_a_rebuild_makes_the_same_lists(store: Store) -> None:
    for number in range(1, 8):
        await put(store, letter(number), resend(10 + number, str(UUID(int=number)), to=f"{number}@example.com"))
    made = {number: id_of_resent(str(UUID(int=10 + number)), manual=False) for number in range(1, 8)}
    await put(store, begun(made[1]), begun(made[2]), ended(made[2], "done", "sent"))
    await put(store, ended(made[3], "waiting", "queued"), ended(made[3], "waiting", "queued", 2))
    await put(store, ended(made[4], "failed", "bounced"), redaction(letter(5)))
    await put(store, resend(30, str(UUID(int=6)), Route.BY_HAND, to="six@example.com"))

    async def known() -> list[Any]:
        details = [await store.detail("quay", str(UUID(int=number))) for number in made]
        lists = [await store.resends.page("quay", ResendListQuery(state=state)) for state in (None, *ResendState)]
        return [*details, *lists, await store.worklist("quay", WorklistQuery(), NOON)]

    before = await known()
    assert (await store.rebuild()).unreadable == []
    assert await known() == before


async def test_what_is_being_sent_is_as_the_records_make_it(database: Database, store: Store) -> None:
    """Who sends it, and until when, is of no record."""
    await put(store, letter(1), resend(10, letter(1)), resend(11, letter(1), to="bo@example.com"))
    assert len(await claim(store)) == 2
    await put(store, begun((await resends(store))[0].entry))
    await store.close()
    with open_audit(database.url) as audit:
        assert audit.differing(lambda _done, _total: None) == []
