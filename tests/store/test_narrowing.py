"""Records of layout 2 become narrow columns, and lose nothing on the way."""

import gzip
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from commlog_tui.ledger.verifier import Verifier
from commlog_tui.store.sqlite import auditing, comparing
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.hashed import hashed

FILES = Path(__file__).parent / "files"
FILES_WITH_MORE = ["version-2.db.gz", "version-2-projections-0.db.gz"]
"""Logs of layout 2: one with every kind of record, and one of 0.1.0 with what a redaction left."""


@pytest.mark.parametrize("name", FILES_WITH_MORE)
async def test_no_byte_of_a_record_moves(name: str, tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    path.write_bytes(gzip.decompress((FILES / name).read_bytes()))
    recorded = hashed(path)
    await SqliteStore.open(path).close()
    assert hashed(path) == recorded
    with auditing.opened(path) as connection:
        assert comparing.differing(connection) == []
        raw = connection.execute("SELECT count(*) FROM record WHERE form IS NULL").fetchall()
        assert raw == [(0,)]
        for no, location, count in auditing.locations(connection):
            verifier = Verifier(location)
            for rows in auditing.batches(connection, no):
                verifier.check(rows)
            auditing.finish(connection, no, verifier)
            assert (verifier.faults, verifier.records) == ([], count)


TAMPERED = [
    "UPDATE record SET public = CAST(replace(public, 'email', 'phone') AS BLOB)",
    "UPDATE record SET public = x'00'",
    "UPDATE record SET leaf = zeroblob(32)",
    "UPDATE record SET kind = 'odd'",
    "UPDATE record SET entry = pk + 7",
    "UPDATE record SET id = x'00'",
    "UPDATE personal SET data = x'c1'",
    "UPDATE personal SET salt = x''",
]


@pytest.mark.parametrize("change", TAMPERED)
async def test_what_was_changed_before_is_found_after_as_well(change: str, tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    path.write_bytes(gzip.decompress((FILES / "version-2.db.gz").read_bytes()))
    with closing(apsw.Connection(str(path))) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(f"{change} WHERE pk = (SELECT min(pk) FROM record)")
        for _, sql in guards:
            connection.execute(str(sql))
    recorded = hashed(path)
    await SqliteStore.open(path).close()
    assert hashed(path) == recorded
    with auditing.opened(path) as connection:
        no, location, _ = min(auditing.locations(connection))
        verifier = Verifier(location)
        for rows in auditing.batches(connection, no):
            verifier.check(rows)
        auditing.finish(connection, no, verifier)
        assert verifier.faults[0].seq == 1
