"""Projections made again from the records are the same to the byte."""

from pathlib import Path
from random import Random
from typing import Any

import apsw
import pytest

from commlog_tui.contract.resend import Route
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.kind import Item
from commlog_tui.store.protocol import Store
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.databases import Database
from tests.store.delivery_factory import by_message, resolution, run_report
from tests.store.factory import NOON, QUAY, call, correction, event, ids, mail, minutes, put, redaction
from tests.store.people_factory import notes
from tests.store.resend_factory import letter, resend
from tests.store.tampering import tampered
from tests.store.work_factory import work

WORDS = ("Confirmation", "Rang", "Zoë", "07700 900123", "ada@example.com", "BOB@example.com", "+44 20 7946 0000", "")


def delivery(rng: Random) -> list[Item]:
    """Return an entry with a message, an event by message, a report of a run and a resolution, in any order."""
    fields: dict[str, Any] = {
        "to": rng.choice(WORDS[4:6]),
        "message": {"provider": "mail", "id": str(rng.randrange(40))},
    }
    sent = mail(kind="reminder", **fields)
    items: list[Item] = [
        sent,
        by_message(str(rng.randrange(50)), rng.choice(["sent", "bounced"]), to=rng.choice([*WORDS[4:6], None])),
        run_report(str(rng.randrange(9)), rng.choice(["running", "failed"]), rng.randrange(3), code="KB-1"),
        resolution(entry=sent.id) if rng.random() < 0.5 else resolution(code="KB-1", expected="survey"),
    ]
    if rng.random() < 0.4:
        items.append(redaction(sent))
    return sorted(items, key=lambda _: rng.random())


async def live(store: Store, seed: int) -> None:
    """Let a location live through everything that can happen to entries, in any order."""
    rng = Random(seed)
    for location in ("quay", "pier"):
        entries: list[AppendEntry] = []
        for _ in range(30):
            batch: list[Item] = []
            for _ in range(rng.randrange(1, 12)):
                who = {
                    "id": f"c-{rng.randrange(6)}",
                    "name": rng.choice(WORDS) or None,
                    "numbers": ["07700 900123"][: rng.randrange(2)],
                }
                fields: dict[str, Any] = {
                    "sent_at": NOON + minutes(rng.randrange(90_000)),
                    "customer": rng.choice([who, None]),
                    "code": rng.choice([None, "KB-1", "KB 2"]),
                    "reference": rng.choice([None, "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"]),
                    "body": rng.choice([None, "Zoë asked", "the gate code"]),
                    "kind": rng.choice([None, "reminder"]),
                }
                made = rng.choice([mail, call])
                fields["body"] = rng.choice([None, *WORDS])
                entries.append(made(to=rng.choice(WORDS[:-1]), title=rng.choice(WORDS[:-1]), **fields))
                batch.append(entries[-1])
            for one in rng.sample(entries, min(3, len(entries))):
                batch.append(
                    event(
                        one,
                        rng.choice(["sent", "bounced", "opened", "delivered"]),
                        at=NOON + minutes(rng.randrange(99)),
                    )
                )
                changes = {
                    "title": rng.choice(WORDS[:-1]),
                    "to": rng.choice(WORDS),
                    "via": rng.choice(["sms", "phone"]),
                }
                batch.append(correction(one, **changes, sent_at=NOON + minutes(rng.randrange(5000))))
                batch.append(correction(one, customer={"id": f"c-{rng.randrange(6)}", "name": "Zoë"}))
                if rng.random() < 0.3:
                    batch.append(redaction(one))
            batch += [*delivery(rng), *work(rng, entries), *notes(rng, ["c-1", "c-2"])]
            sent = letter(rng.randrange(1 << 100))
            batch += [sent, resend(rng.randrange(1 << 100), sent, rng.choice([*Route]))]
            await store.append(location, "sender", batch)


@pytest.mark.parametrize("seed", range(3))
async def test_projections_come_back_to_the_byte(store: Store, database: Database, seed: int) -> None:
    await live(store, seed)
    before = database.projections()
    assert all(before.values())
    rebuilt = await store.rebuild()
    assert database.projections() == before
    assert rebuilt.records == sum([(await store.location(at)).seq for at in ("quay", "pier")])
    assert rebuilt.unreadable == []


async def test_whatever_is_wrong_with_projections_is_mended(store: Store, database: Database, path: Path) -> None:
    await live(store, 9)
    before = database.projections()
    connection = apsw.Connection(str(path))
    for statement in (
        "UPDATE entry SET code = 'x', facet = 1, contact = NULL WHERE pk % 2",
        "DELETE FROM entry WHERE NOT pk % 5",
        "UPDATE tally SET entries = 7", "DELETE FROM person", "DELETE FROM word", "UPDATE contact SET shown = 'x'",
        "UPDATE node SET hash = x'00'",
        "UPDATE head SET seq = 3, entries = 4", "UPDATE facet SET entries = 7",
        "INSERT INTO alias_search (alias_search, rowid, text) SELECT 'delete', no, text FROM alias",
    ):  # fmt: skip
        connection.execute(statement)
    connection.close()
    assert database.projections() != before
    await store.rebuild()
    assert database.projections() == before
    await put(store, mail(title="After"))
    assert len(await ids(store, q="After")) == 1


async def test_a_record_that_cannot_be_read_is_passed_over_and_named(path: Path) -> None:
    store = SqliteStore.open(path)
    await store.create_location(QUAY)
    given = [mail(title="Kept"), mail(title="Broken"), mail(title="Hurt"), mail(title="Kept too")]
    await put(store, *given)
    with tampered(path) as connection:
        connection.execute("UPDATE record SET form = NULL, rest = x'7b' WHERE pk & 255 = 2")
        connection.execute("UPDATE personal SET data = x'5b5d' WHERE pk & 255 = 3")
    answer: list[tuple[int, int]] = []
    rebuilt = await store.rebuild(lambda done, total: answer.append((done, total)))
    assert (rebuilt.unreadable, answer) == ([("quay", 2), ("quay", 3)], [(4, 4)])
    assert set(await ids(store)) == {given[0].id, given[3].id}
    await store.close()
