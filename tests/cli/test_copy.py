"""``commlog copy``: a log goes to PostgreSQL and back, and is the same log everywhere."""

import asyncio
from datetime import date
from pathlib import Path

import psycopg
import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.contract.entry import NewRedaction
from commlog_tui.demo.load import fill
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.store import transfer
from commlog_tui.store.opening import open_audit, open_keys, open_store, read_setup
from commlog_tui.store.rows import CheckpointRow
from commlog_tui.store.signing import signed
from tests.cli.conftest import Run
from tests.postgresql.fixtures import CreateDatabase
from tests.store.factory import PIER, call, correction, event, mail, put
from tests.store.tampering import pk, tampered


@pytest.fixture
def url(create_database: CreateDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return create_database(migrated=False)


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """Two months of the demo, with another location, and something redacted."""
    path = tmp_path / "demo.db"
    fill(path, months=1, until=date(2026, 11, 1))

    async def add() -> None:
        store = open_store(path)
        await store.create_location(PIER)
        await store.set_retention("pier", 24)
        gone, rung = call(customer={"id": "c-9", "name": "Ada"}), call(body="gate code")
        sent = mail(code="HB-9")
        for item in (gone, rung, sent, event(sent, "bounced"), correction(rung, title="Rang again")):
            await store.append("pier", "tests", [item])
        await store.append("pier", "tests", [AppendRedaction("0" * 8 + "-0000-4000-8000-" + "0" * 12, gone.id, REASON)])
        await store.close()

    asyncio.run(add())
    return path


REASON = NewRedaction(reason="asked to be forgotten")


def roots(log: str | Path) -> list[tuple[str, int, bytes]]:
    with open_audit(log) as audit:
        return audit.ends()


def test_a_demo_log_goes_to_postgresql_and_back_with_the_same_root(
    run: Run, url: str, demo: Path, tmp_path: Path
) -> None:
    secret = run("token", "create", "Desk", "--database", str(demo)).stdout.strip()
    assert secret
    there = run("copy", str(demo), url)
    assert there.exit_code == 0, there.output
    back = tmp_path / "back.db"
    returned = run("copy", url, str(back))
    assert returned.exit_code == 0, returned.output
    assert roots(demo) == roots(url) == roots(back)
    assert len(roots(demo)) == 2
    assert there.stdout == returned.stdout
    assert roots(demo)[0][2].hex() in there.stdout
    assert read_setup(demo) == read_setup(url) == read_setup(back)
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('commlog.upkeep', 'on', false)")
        assert connection.execute("SELECT count(*) FROM record WHERE form IS NULL").fetchall() == [(0,)]
    for log in (url, str(back)):
        done = run("verify", "--projections", "--database", log)
        assert done.exit_code == 0, done.output
        assert done.stdout == run("verify", "--database", str(demo)).stdout

    async def checkpoints() -> list[list[CheckpointRow]]:
        found = []
        for log in (demo, url, back):
            store = open_store(log)
            found.append([signed(await store.head(one.id), open_keys(log)) for one in await store.locations()])
            await store.close()
        return found

    first, second, third = asyncio.run(checkpoints())
    assert first == second == third, "the same notes, signed by the same key"


def test_an_interrupted_copy_is_resumed_and_a_finished_one_goes_on(
    run: Run, url: str, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CutError(Exception):
        pass

    wait = [3]
    write = transfer._new_records

    def cut(*values: object) -> object:
        wait[0] -= 1
        if not wait[0]:
            raise CutError
        return write(*values)  # type: ignore[arg-type] # handed through

    monkeypatch.setattr("commlog_tui.store.sqlite.auditing._AT_ONCE", 500)
    monkeypatch.setattr(transfer, "_new_records", cut)
    assert run("copy", str(demo), url).exit_code != 0
    monkeypatch.setattr(transfer, "_new_records", write)
    assert 0 < sum(size for _, size, _ in roots(url)) < sum(size for _, size, _ in roots(demo))
    assert run("verify", "--projections", "--database", url).exit_code == 0, "what was copied is a log"
    assert run("copy", str(demo), url).exit_code == 0
    assert roots(url) == roots(demo)

    async def go_on() -> None:
        store = open_store(demo)
        sent = mail(body="remove this as well")
        await put(store, sent, location="pier")
        await store.close()

    asyncio.run(go_on())
    assert run("copy", str(demo), url).exit_code == 0
    assert roots(url) == roots(demo)


def test_what_was_redacted_since_is_removed_from_the_copy(run: Run, url: str, demo: Path) -> None:
    rung = call(body="the number of a card")

    async def say(item: object) -> None:
        store = open_store(demo)
        await store.append("pier", "tests", [item])  # type: ignore[list-item] # an item
        await store.close()

    asyncio.run(say(rung))
    assert run("copy", str(demo), url).exit_code == 0
    asyncio.run(say(AppendRedaction("0" * 8 + "-0000-4000-8000-" + "1" * 12, rung.id, REASON)))
    assert run("copy", str(demo), url).exit_code == 0
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('commlog.upkeep', 'on', false)")
        left = connection.execute(
            "SELECT count(*) FROM record WHERE position('card' IN encode(personal, 'escape')) > 0"
        )
        assert left.fetchone() == (0,)
    assert run("verify", "--projections", "--database", url).exit_code == 0


def test_another_log_is_left_alone(run: Run, url: str, demo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    fill(other, months=1, until=date(2026, 10, 1))
    assert run("copy", str(other), url).exit_code == 0
    before = roots(url)
    done = run("copy", str(demo), url)
    assert (done.exit_code, "another log" in done.stderr, roots(url)) == (ExitCode.TROUBLE, True, before)


def test_a_log_that_was_changed_is_not_copied(run: Run, url: str, demo: Path) -> None:
    with tampered(demo) as connection:
        connection.execute(f"UPDATE personal SET data = CAST(data || ' ' AS BLOB) WHERE pk = {pk(7)}")
    done = run("copy", str(demo), url)
    assert (done.exit_code, "no. 7: its personal data is not what was recorded" in done.stderr) == (
        ExitCode.TAMPERED,
        True,
    )


def test_a_copy_over_itself_or_of_nothing_is_refused(run: Run, demo: Path, tmp_path: Path) -> None:
    assert run("copy", str(demo), str(demo)).exit_code == ExitCode.USAGE
    done = run("copy", str(tmp_path / "missing.db"), str(demo))
    assert (done.exit_code, "There is no log" in done.stderr) == (ExitCode.USAGE, True)
