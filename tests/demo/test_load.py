"""The demo location is the same for the same seed, and worth looking at."""

from datetime import date
from pathlib import Path

import apsw
import msgspec

from commlog_tui.demo.load import fill
from commlog_tui.store.sqlite.record_rows import PUBLIC_COLUMNS, public_of

LAST_DAY = date(2026, 11, 3)
PROJECTIONS = ("entry", "facet", "person", "contact", "title", "body", "tally")


def content(path: Path) -> list[object]:
    """Return all that is recorded and derived, without the salts and what hangs on them."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    answer: list[object] = []
    rows = connection.execute(f"SELECT data, {PUBLIC_COLUMNS} FROM record JOIN personal USING (pk) ORDER BY pk")
    for data, *columns in rows:
        fields = msgspec.json.decode(public_of(columns))
        del fields["personal"]
        answer.append((fields, data))
    for table in PROJECTIONS:
        answer += connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
    connection.close()
    return answer


def test_a_seed_makes_the_same_location_every_time(tmp_path: Path) -> None:
    for name, seed in (("first", 3), ("again", 3), ("other", 4)):
        fill(tmp_path / name, seed=seed, until=LAST_DAY, months=1)
    first = content(tmp_path / "first")
    assert len(first) > 1000
    assert content(tmp_path / "again") == first
    assert content(tmp_path / "other") != first


def test_progress_reaches_its_end(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    fill(tmp_path / "demo", until=LAST_DAY, months=1, progress=lambda done, total: steps.append((done, total)))
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1] > 1000


def test_every_channel_is_used_and_some_messages_fail(tmp_path: Path) -> None:
    fill(tmp_path / "demo", until=LAST_DAY, months=1)
    connection = apsw.Connection(str(tmp_path / "demo"), flags=apsw.SQLITE_OPEN_READONLY)
    channels = {via for (via,) in connection.execute("SELECT DISTINCT via FROM facet WHERE entries > 0")}
    statuses = {status for (status,) in connection.execute("SELECT DISTINCT status FROM facet WHERE entries > 0")}
    connection.close()
    assert channels == {"email", "in-person", "phone", "sms", "whatsapp"}
    assert statuses >= {"bounced", "delivered", "failed", "logged"}
