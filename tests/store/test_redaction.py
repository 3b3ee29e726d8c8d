"""Redaction: the text is gone, everywhere.

The place, the proof and everybody else's data remain.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import apsw
import pytest

from commlog_tui.contract.entry import NewRedaction
from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.proof import includes
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.errors import KeyReusedError, RedactedError, UnknownEntryError
from commlog_tui.store.errors import UnknownCustomerError
from commlog_tui.store.protocol import Store
from commlog_tui.store.sqlite.connection import connect
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.databases import Database
from tests.store.factory import (
    NOON,
    PIER,
    QUAY,
    accepted,
    ask,
    call,
    correction,
    event,
    ids,
    mail,
    minutes,
    put,
    redaction,
)

WHO = {
    "id": "cust-Xylander",
    "name": "Quirin Xylander",
    "addresses": ["quirin@xylander.test"],
    "numbers": ["07700 900457"],
}
TRACES = (
    "xylander",
    "Xylander",
    "quirin",
    "Quirin",
    "00 900457",
    "447700900457",
    "Zwetschge",
    "zwetschge",
    "QZ-77",
    "mailbox of q",
)

"""None of them can be part of a hash in hex by chance: six digits alone can, and were."""


def secret(**fields: Any) -> AppendEntry:
    return mail(**({"to": "quirin@xylander.test", "title": "Zwetschge", "code": "QZ-77", "customer": WHO} | fields))


async def test_a_redacted_entry_keeps_its_place_and_its_proof(store: Store) -> None:
    given = secret(events=[{"kind": "bounced", "at": NOON, "detail": "mailbox of q is full"}])
    (first,) = await put(store, given)
    before = await store.proof("quay", 1)
    wish = redaction(given)
    (answer,) = await put(store, wish)
    detail = await store.detail("quay", given.id)
    assert (detail.entry.title, detail.entry.redacted, detail.entry.to, detail.entry.code) == (
        "Redacted",
        True,
        "",
        None,
    )
    assert (detail.entry.customer, detail.entry.status, detail.entry.via) == (None, "bounced", "email")
    assert (detail.events[0].kind, detail.events[0].detail) == ("bounced", None)
    assert detail.redaction is not None
    assert (detail.redaction.reason, detail.redaction.seq, detail.redaction.actor) == (
        "asked to be forgotten",
        3,
        "sender",
    )
    assert detail.receipt == first.receipt
    after = await store.proof("quay", 1)
    assert (after.record.record, after.record.salt, after.record.personal) == (before.record.record, None, None)
    assert includes(
        leaf_hash(after.record.record.encode()),
        0,
        3,
        [bytes.fromhex(step) for step in after.path],
        bytes.fromhex(after.root_hash),
    )
    assert (answer.created, accepted((await store.append("quay", "x", [wish]))[0]).receipt) == (True, answer.receipt)
    assert [row.kind for row in await store.feed("quay", 0, 10)] == ["entry", "event", "redaction"]
    assert (await ask(store)).total.count == 1


Remains = Callable[[], list[str]]


@pytest.fixture
def remains(database: Database) -> Remains:
    """What is left of the secrets in what is stored."""
    return lambda: [trace for trace in TRACES if database.holds(trace)]


async def test_no_byte_of_the_text_is_left(store: Store, remains: Remains) -> None:
    rang = call(title="Zwetschge", customer=WHO, body="QZ-77")
    others = [mail(to=f"guest{number}@example.com", customer={"id": f"c-{number}"}) for number in range(300)]
    gone = [secret(events=[{"kind": "bounced", "at": NOON, "detail": "mailbox of q is full"}]), rang, secret()]
    await put(store, *others[:100], gone[0], *others[100:200], rang, *others[200:], gone[2])
    await put(store, correction(rang, title="Zwetschge again", to="07700 900457"), correction(rang, body="Quirin said"))
    assert remains() == list(TRACES)
    await put(store, *(redaction(entry) for entry in gone))
    assert remains() == []
    assert (
        await ids(store, q="Zwetschge") == await ids(store, q="900457") == await ids(store, customer_id=WHO["id"]) == []
    )
    with pytest.raises(UnknownCustomerError):
        await store.customer("quay", str(WHO["id"]))
    assert len(await ids(store, q="guest", limit=200)) == 200


async def test_a_large_log_that_lived_keeps_no_byte_either(path: Path, remains: Remains) -> None:
    """Pages split and merge as rows come and grow in any order, and leave copies of rows behind.

    None may stay.
    """
    rng = Random(7)
    store = SqliteStore.open(path)
    await store.create_location(QUAY)
    await store.create_location(PIER)
    gone: list[tuple[str, AppendEntry]] = []
    for round_ in range(40):
        for location in ("quay", "pier"):
            batch: list[AppendEntry] = []
            for _ in range(40):
                text = f"{rng.getrandbits(64):x} " * rng.randrange(1, 12)
                who = {
                    "id": f"c{rng.getrandbits(32):x}",
                    "name": text[:150],
                    "addresses": [f"{rng.getrandbits(40):x}@a.test"],
                }
                moment = NOON + minutes(rng.randrange(99))
                batch.append(call(title=text[:400], body=text * rng.randrange(8), customer=who, sent_at=moment))
            hidden = secret(
                source="manual", sent_at=NOON + minutes(rng.randrange(99)), body="Zwetschge " * rng.randrange(1, 900)
            )
            gone.append((location, hidden))
            batch.insert(rng.randrange(40), hidden)
            await put(store, *batch, location=location)
            at, old = rng.choice(gone)
            await put(store, correction(old, title=f"Zwetschge {round_} " * 9), location=at)
    for location in ("quay", "pier"):
        await put(store, *(redaction(entry) for at, entry in gone if at == location), location=location)
    assert remains() == []
    await store.close()


async def test_what_others_support_stays_in_the_directory(store: Store) -> None:
    stored = mail(to="q2@example.com", customer={"id": WHO["id"], "name": "Q."}, sent_at=NOON - minutes(5))
    gone = secret()
    await put(store, stored, gone)
    await put(store, redaction(gone))
    person = await store.customer("quay", str(WHO["id"]))
    assert (person.name, person.addresses, person.numbers) == ("Q.", ("q2@example.com",), ())
    assert person.last_seen == NOON - minutes(5)
    assert await ids(store, customer_id=WHO["id"]) == [stored.id]


async def test_the_same_key_answers_the_receipt_and_brings_nothing_back(store: Store, remains: Remains) -> None:
    rang = call(title="Zwetschge")
    change = correction(rang, title="Zwetschge again")
    sent = secret(events=[{"kind": "sent", "at": NOON, "detail": "mailbox of q"}])
    receipts = [answer.receipt for answer in await put(store, rang, change, sent)]
    await put(store, redaction(rang), redaction(sent))
    again = await put(store, rang, change, sent)
    assert [(answer.receipt, answer.created) for answer in again] == [(receipt, False) for receipt in receipts]
    bounce = event(sent, "bounced", detail="mailbox of q is full", to="quirin@xylander.test")
    (late,) = await put(store, bounce)
    assert accepted((await store.append("quay", "x", [bounce]))[0]).receipt == late.receipt
    known, new = sent.entry.events[0], event(sent, "deferred", detail="mailbox of q is slow").event
    await put(store, replace(sent, entry=sent.entry.model_copy(update={"events": (known, new)})))
    assert [message.detail for message in (await store.detail("quay", sent.id)).events] == [None] * 3
    assert (await store.detail("quay", sent.id)).entry.status == "bounced"
    (other,) = await store.append("quay", "x", [mail(sent.id, via="sms")])
    assert isinstance(other, KeyReusedError)
    assert remains() == []


async def test_what_is_gone_can_be_neither_corrected_nor_redacted_again(store: Store) -> None:
    rang = call()
    await put(store, rang, redaction(rang))
    answers = await store.append("quay", "x", [correction(rang, title="Other"), redaction(rang), redaction(mail())])
    assert [type(answer) for answer in answers] == [RedactedError, RedactedError, UnknownEntryError]
    assert (await store.location("quay")).seq == 2


async def test_an_entry_redacted_in_the_same_breath_is_never_shown(store: Store, remains: Remains) -> None:
    given = secret(source="manual", customer=WHO)
    await put(store, given, correction(given, title="Zwetschge again"), redaction(given), mail())
    assert await ids(store, q="Zwetschge") == []
    assert remains() == []


async def test_a_corrected_entry_goes_back_to_the_day_it_was_recorded_for(store: Store) -> None:
    rang = call()
    await put(store, rang, correction(rang, via="in-person", sent_at=NOON + minutes(60 * 48)))
    await put(store, redaction(rang))
    entry = (await store.detail("quay", rang.id)).entry
    assert (entry.via, entry.sent_at, entry.corrected) == ("phone", NOON, False)
    assert [(channel.via, channel.count) for channel in (await store.location("quay")).channels] == [("phone", 1)]


async def test_all_of_a_customer_goes_and_nobody_else(store: Store, remains: Remains) -> None:
    other = {"id": "c-2", "addresses": ["both@example.com"]}
    mistaken = call(title="Zwetschge", customer=WHO)
    mine = [
        secret(),
        secret(via="sms", to="07700 900457"),
        secret(to="both@example.com"),
        mistaken,
        mail(to="QUIRIN@xylander.test"),
    ]
    theirs = [mail(customer=other), mail(to="both@example.com"), mail()]
    await put(store, *mine, *theirs, correction(mistaken, customer={"id": "c-2"}))
    wish = NewRedaction(reason="asked to be forgotten")
    assert await store.redact_customer("quay", "boss", "k", str(WHO["id"]), wish) == 5
    assert await store.redact_customer("quay", "boss", "k", str(WHO["id"]), wish) == 0
    gone = {entry.id for entry in (await ask(store)).entries if entry.redacted}
    assert gone == {entry.id for entry in mine}
    assert remains() == []
    assert set((await store.customer("quay", "c-2")).addresses) == {"both@example.com", "ada@example.com"}


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM personal WHERE pk = (SELECT max(pk) FROM personal)",
     "DELETE FROM personal WHERE pk = (SELECT min(pk) FROM personal)", "DELETE FROM record",
     "UPDATE personal SET data = x'00'"],
    ids=["the reason", "another entry", "the record", "a change"],
)  # fmt: skip
async def test_a_redaction_opens_no_other_door(store: Store, path: Path, statement: str) -> None:
    given = mail()
    await put(store, mail(), given, redaction(given))
    connection = connect(path)
    with pytest.raises(apsw.ConstraintError, match="append-only"):
        connection.execute(statement)
    connection.close()


async def test_redactions_and_appends_at_once_leave_a_dense_log(store: Store) -> None:
    given = [mail() for _ in range(20)]
    await put(store, *given)
    await asyncio.gather(*(put(store, redaction(entry)) for entry in given), *(put(store, mail()) for _ in range(20)))
    assert [row.seq for row in await store.feed("quay", 0, 100)] == list(range(1, 61))
