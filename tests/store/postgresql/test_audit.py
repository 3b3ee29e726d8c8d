"""``verify`` and ``rebuild`` on PostgreSQL: what a sound log is said to be, and what is found in another."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from commlog_tui.contract.entry import NewRedaction
from commlog_tui.ledger.verifier import Verifier
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.store.auditing import verify_location
from commlog_tui.store.opening import open_audit, open_store
from tests.store.factory import PIER, QUAY, call, correction, event, mail, put


@pytest.fixture
def url(postgresql_url: str) -> str:
    """A log of two locations with every sort of change, one of them a redaction."""

    async def fill() -> None:
        store = open_store(postgresql_url)
        for location in (QUAY, PIER):
            await store.create_location(location)
        first = mail(customer={"id": "c-1", "name": "Zoë", "addresses": ["zoe@example.com"]}, code="HB-1")
        rung = call(customer={"id": "c-1", "name": "Zoe"}, body="gate code")
        await put(store, first, rung, mail(to="b@example.com"))
        await put(store, event(first, "delivered"), event(first, "bounced"), correction(rung, title="Rang again"))
        await put(store, AppendRedaction(str(uuid4()), rung.id, NewRedaction(reason="asked")))
        await put(store, *(mail(to=f"guest{number}@example.com") for number in range(300)))
        await store.append("pier", "tests", [mail()])
        await store.close()

    asyncio.run(fill())
    return postgresql_url


@contextmanager
def tampered(url: str) -> Iterator[psycopg.Connection]:
    """The tables without guards, as their owner can have them."""
    with psycopg.connect(url, autocommit=True) as connection:
        for table in ("record", "form"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.execute("SELECT set_config('commlog.upkeep', 'on', false)")
        yield connection
        for table, guard in connection.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        ).fetchall():
            connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}")


def verified(url: str, location: str = "quay") -> Verifier:
    with open_audit(url) as audit:
        (one,) = [one for one in audit.locations() if one.id == location]
        return verify_location(audit, one)


def differing(url: str) -> list[str]:
    with open_audit(url) as audit:
        return audit.differing(lambda _done, _total: None)


def test_a_sound_log_has_the_root_that_the_service_signs(url: str) -> None:
    with open_audit(url) as audit:
        assert list(audit.faults()) == []
        audit.require_whole()
        assert [(one.id, one.count) for one in audit.locations()] == [("pier", 1), ("quay", 307)]
        ends = audit.ends()
    for location, size, root in ends:
        verifier = verified(url, location)
        assert (verifier.faults, verifier.records, verifier.root()) == ([], size, root)
    assert verified(url).redacted >= 1
    assert differing(url) == []


@pytest.mark.parametrize(
    ("statement", "seq", "words"),
    [
        (
            "UPDATE record SET recorded_at = recorded_at + 1 WHERE seq = 5 AND location = 1",
            5,
            "its text or the hash was changed",
        ),
        ("UPDATE record SET lag = lag + 1 WHERE seq = 5 AND location = 1", 5, "its text or the hash was changed"),
        ("UPDATE record SET lag = NULL WHERE seq = 5 AND location = 1", 5, "it cannot be read as a record"),
        ("UPDATE record SET rest = '\\x93' WHERE seq = 5 AND location = 1", 5, "it cannot be read as a record"),
        ("UPDATE record SET form = NULL WHERE seq = 5 AND location = 1", 5, "it cannot be read as a record"),
        ("UPDATE record SET form = 900 WHERE seq = 5 AND location = 1", 5, "it cannot be read as a record"),
        ("UPDATE form SET text = replace(text, 'email', 'phone')", 1, "its text or the hash was changed"),
        ("UPDATE record SET leaf_start = 0 WHERE seq = 5 AND location = 1", 5, "its text or the hash was changed"),
        ("UPDATE record SET commitment = sha256('x') WHERE seq = 3 AND location = 1", 3, "is not what was recorded"),
        (
            "UPDATE record SET personal = personal || '\\x20' WHERE seq = 3 AND location = 1",
            3,
            "is not what was recorded",
        ),
        ("UPDATE record SET salt = sha256('x') WHERE seq = 3 AND location = 1", 3, "is not what was recorded"),
        ("UPDATE record SET salt = NULL WHERE seq = 3 AND location = 1", 3, "no redaction on record has removed it"),
        (
            "UPDATE record SET salt = NULL, personal = NULL WHERE seq = 3 AND location = 1",
            3,
            "no redaction on record has removed it",
        ),
        ("UPDATE record SET id = gen_random_uuid() WHERE seq = 9 AND location = 1", 9, "its text or the hash was"),
        ("UPDATE record SET seq = 900 WHERE seq = 9 AND location = 1", 9, "it is missing"),
        ("UPDATE record SET kind = 'event' WHERE seq = 9 AND location = 1", 9, "another kind"),
        ("UPDATE record SET root = 1 WHERE seq = 9 AND location = 1", 9, "another entry"),
        ("UPDATE head SET seq = 306 WHERE location = 1", 307, "the stored end of the log is before it"),
        ("UPDATE node SET hash = '\\x00' WHERE location = 1 AND level = 8", 1, "together they do not match"),
        (
            "UPDATE record SET salt = 'x', personal = 'x' WHERE seq = 2 AND location = 1",
            2,
            "a redaction on record has removed it",
        ),
        (
            (
                "INSERT INTO record (location, seq, root, id, kind, leaf_start) SELECT 1, 900, 900, "
                "gen_random_uuid(), kind, leaf_start FROM record WHERE location = 1 AND seq = 1"
            ),
            900,
            "it lies outside the log",
        ),
    ],
)
def test_what_was_changed_is_found(url: str, statement: str, seq: int, words: str) -> None:
    with tampered(url) as connection:
        connection.execute(statement)
    faults = verified(url).faults
    assert any(fault.seq <= seq <= fault.last and words in fault.words for fault in faults), faults
    assert verified(url, "pier").faults == [] or "location = 1" not in statement


def test_a_missing_record_is_found(url: str) -> None:
    with tampered(url) as connection:
        connection.execute("DELETE FROM record WHERE seq = 20 AND location = 1")
    assert "it is missing" in verified(url).faults[0].words


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE tally SET entries = entries + 1", "the counts by day and channel"),
        ("UPDATE entry SET facet = facet + 1 WHERE seq = 1", "the entries as they are shown"),
        ("UPDATE contact SET no = no + 1 WHERE customer = ''", "the directory's addresses and numbers"),
        ("DELETE FROM contact", "the directory's addresses and numbers"),
        ("UPDATE statistic SET entries = entries + 1", "the statistics"),
    ],
)
def test_projections_are_compared_and_rebuilt(url: str, statement: str, words: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT set_config('commlog.upkeep', 'on', false)")
        connection.execute(statement)
    assert differing(url) == [words]
    done: list[int] = []

    async def rebuild() -> None:
        store = open_store(url)
        rebuilt = await store.rebuild(lambda count, _: done.append(count))
        assert (rebuilt.records, rebuilt.unreadable) == (308, [])
        await store.append("quay", "tests", [mail()])
        await store.close()

    asyncio.run(rebuild())
    assert done[-1] == 308
    assert differing(url) == []
    assert verified(url).faults == []
