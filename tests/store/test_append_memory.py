"""What an append leaves in memory is used only as long as it is true."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from commlog_tui.contract.location import NewLocation
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.sqlite import append_memory, people
from commlog_tui.store.sqlite.access import create_location
from commlog_tui.store.sqlite.append import append
from commlog_tui.store.sqlite.append_memory import AppendMemory
from commlog_tui.store.sqlite.connection import connect, number
from commlog_tui.store.sqlite.rebuild import rebuild
from tests.store.factory import mail

_SHOWN = """
SELECT record.location, title.text, person.customer FROM entry JOIN record USING (pk)
JOIN title ON title.no = entry.location << 40 | entry.title
JOIN contact ON contact.no = entry.location << 40 | entry.contact
JOIN person ON person.no = entry.location << 40 | contact.person ORDER BY pk
"""


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[apsw.Connection]:
    made = connect(tmp_path / "log.db")
    with made:
        for no in range(1, 5):
            create_location(made, NewLocation(id=f"at-{no}", name=f"Location {no}", zone="Europe/London"))
    yield made
    made.close()


def add(
    connection: apsw.Connection, memory: AppendMemory, word: str, location: int = 1, *, end: str = "COMMIT"
) -> None:
    """Append an entry whose title and customer nobody has had."""
    item: AppendEntry = mail(title=f"Title {word}", to=f"{word}@example.com", customer={"id": word, "name": word})
    connection.execute("BEGIN IMMEDIATE")
    append(connection, f"at-{location}", "sender", [item], lambda: datetime.now(UTC), memory=memory)
    connection.execute(end)


def shown(connection: apsw.Connection) -> list[tuple[int, str, str]]:
    """Return location, title and customer of every entry."""
    return [(int(no), str(title), str(customer)) for no, title, customer in connection.execute(_SHOWN)]


def expected(*words: str) -> list[tuple[int, str, str]]:
    return [(1, f"Title {word}", word) for word in words]


def test_nothing_of_a_rolled_back_append_is_remembered(connection: apsw.Connection) -> None:
    memory = AppendMemory()
    add(connection, memory, "ada")
    add(connection, memory, "ben", end="ROLLBACK")
    add(connection, memory, "cleo")
    add(connection, memory, "ben")
    assert shown(connection) == expected("ada", "cleo", "ben")
    assert number(connection, "SELECT count(*) FROM title", ()) == 3


def test_what_another_process_wrote_is_read(connection: apsw.Connection, tmp_path: Path) -> None:
    one, other = AppendMemory(), AppendMemory()
    there = connect(tmp_path / "log.db")
    for word in ("ada", "ben", "cleo", "dora"):
        add(connection, one, word)
        add(there, other, f"{word}-2")
    there.close()
    words = [word for first in ("ada", "ben", "cleo", "dora") for word in (first, f"{first}-2")]
    assert shown(connection) == expected(*words)


def test_a_rebuild_is_noticed(connection: apsw.Connection) -> None:
    memory = AppendMemory()
    add(connection, memory, "ada")
    taken = memory._locations[1]
    connection.execute("BEGIN IMMEDIATE")
    rebuild(connection)
    connection.execute("COMMIT")
    add(connection, memory, "ben")
    assert memory._locations[1] is not taken
    assert shown(connection) == expected("ada", "ben")


def test_what_is_remembered_has_a_bound(connection: apsw.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append_memory, "MOST_LOCATIONS", 2)
    monkeypatch.setattr(append_memory, "MOST_PEOPLE", 6)
    monkeypatch.setattr(people, "MOST_KNOWN", 4)
    memory = AppendMemory()
    for at in range(24):
        add(connection, memory, f"w{at}", at % 4 + 1)
        assert len(memory._locations) <= 2
        assert memory.people <= 6
    for at in range(24, 40):
        add(connection, memory, f"w{at}")
        assert memory.people <= 6
    assert sorted(word for _, _, word in shown(connection)) == sorted(f"w{at}" for at in range(40))
