"""What the file tells the database to do is what this version has told it, or the file is refused, by name."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from shutil import copyfile

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.ledger.verifier import Verifier
from commlog_tui.store.errors import DamagedLogError, StoreUnavailableError
from commlog_tui.store.protocol import Store
from commlog_tui.store.sqlite import auditing, comparing
from commlog_tui.store.sqlite.connection import connect
from commlog_tui.store.sqlite.entry_schema import SEARCH_NAMES
from commlog_tui.store.sqlite.schema import SCHEMA
from commlog_tui.store.sqlite.schema_check import normalized, schema_faults
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.factory import NOON, PIER, QUAY, call, ids, mail, minutes, put

FILES = Path(__file__).parent / "files"
LAYOUTS = sorted(FILES.glob("layout-*.db"))


def _expected() -> list[tuple[str, str]]:
    with closing(apsw.Connection(":memory:")) as connection:
        connection.execute(SCHEMA)
        rows = connection.execute("SELECT type, name FROM sqlite_schema ORDER BY 1, 2").fetchall()
        return [(str(kind), str(name)) for kind, name in rows]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "log.db"

    async def make() -> None:
        store = SqliteStore.open(path)
        await store.create_location(QUAY)
        await store.create_location(PIER)
        await put(store, mail(), call())
        await store.close()

    asyncio.run(make())
    return path


@pytest.fixture
def log(sound: Path, tmp_path: Path) -> Path:
    return Path(copyfile(sound, tmp_path / "log.db"))


@pytest.fixture
def edit(log: Path) -> Iterator[apsw.Connection]:
    """The file as an outsider opens it, who may write the schema's own table."""
    with closing(apsw.Connection(str(log))) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        yield connection


def refusal(path: Path) -> str:
    before = path.read_bytes()
    with pytest.raises(DamagedLogError) as caught:
        SqliteStore.open(path)
    assert path.read_bytes() == before, "it is looked at before anything is written"
    return str(caught.value)


PLANTED = [
    (
        "CREATE TRIGGER planted AFTER INSERT ON entry BEGIN UPDATE entry SET facet = 1 WHERE pk = new.pk; END",
        "trigger",
    ),
    (
        "CREATE TRIGGER planted BEFORE INSERT ON record WHEN new.kind = 'event' BEGIN SELECT RAISE(IGNORE); END",
        "trigger",
    ),
    ("CREATE INDEX planted ON entry (sent_at)", "index"),
    ("CREATE INDEX planted ON entry (sent_at) WHERE facet = 1", "index"),
    ("CREATE UNIQUE INDEX planted ON token (name)", "index"),
    ("CREATE VIEW planted AS SELECT * FROM entry", "view"),
    ("CREATE TABLE planted (id INTEGER PRIMARY KEY)", "table"),
    ("CREATE VIRTUAL TABLE planted USING fts5 (x)", "table"),
]


@pytest.mark.parametrize(("statement", "kind"), PLANTED)
def test_what_was_planted_is_named_and_refused(log: Path, edit: apsw.Connection, statement: str, kind: str) -> None:
    edit.execute(statement)
    assert f"the {kind} 'planted', which commlog did not create, was added" in refusal(log)
    assert "commlog restore" in refusal(log)


@pytest.mark.parametrize(
    "name", [name for kind, name in _expected() if kind in {"trigger", "index"} and "autoindex" not in name]
)
def test_a_missing_guard_or_index_is_named_and_refused(log: Path, edit: apsw.Connection, name: str) -> None:
    ((kind,),) = edit.execute("SELECT type FROM sqlite_schema WHERE name = ?", (name,)).fetchall()
    edit.execute(f"DROP {kind} {name}")
    assert f"the {kind} '{name}' is missing" in refusal(log)


@pytest.mark.parametrize("name", [name for _, name in _expected()])
def test_whatever_is_taken_out_of_the_schema_by_hand_is_refused_by_name(
    log: Path, edit: apsw.Connection, name: str
) -> None:
    edit.execute("DELETE FROM sqlite_schema WHERE name = ?", (name,))
    answer = refusal(log)
    assert name in answer or "sqlite_autoindex" in answer


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, name in _expected() if "autoindex" not in name])
def test_whatever_is_changed_in_the_schema_by_hand_is_refused_by_name(
    log: Path, edit: apsw.Connection, kind: str, name: str
) -> None:
    change = {"trigger": "replace(sql, 'append-only', 'Append-only')", "index": "sql || ' -- x'"}.get(
        kind, "sql || ' '"
    )
    if kind == "table":
        change = "replace(sql, 'CREATE TABLE', 'CREATE TABLE /**/')"
        if name in SEARCH_NAMES:
            change = "replace(sql, 'detail = none', 'detail = full')"
    edit.execute(f"UPDATE sqlite_schema SET sql = {change} WHERE name = ?", (name,))
    assert edit.changes() == 1
    assert name in refusal(log)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("STRICT", ""),
        ("UNIQUE (location, id)", "UNIQUE (location, id, pk)"),
        ("REFERENCES location (no)", ""),
        ("leaf_start INTEGER NOT NULL", "leaf_start INTEGER"),
    ],
)
def test_a_constraint_taken_off_a_table_is_found(log: Path, edit: apsw.Connection, old: str, new: str) -> None:
    edit.execute("UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = 'record'", (old, new))
    assert edit.changes() == 1
    assert "the table 'record' was changed" in refusal(log)


def test_an_object_that_is_there_twice_or_hung_elsewhere_is_found(log: Path, edit: apsw.Connection) -> None:
    edit.execute("INSERT INTO sqlite_schema SELECT * FROM sqlite_schema WHERE name = 'record_is_never_updated'")
    edit.execute("UPDATE sqlite_schema SET tbl_name = 'tally' WHERE name = 'personal_is_never_updated'")
    answer = refusal(log)
    assert "record_is_never_updated" in answer or "personal_is_never_updated" in answer


def test_what_sqlite_adds_by_itself_is_no_fault_and_its_names_shield_nothing(log: Path, edit: apsw.Connection) -> None:
    edit.execute("CREATE TABLE x (i INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE x; ANALYZE")
    connect(log).close()
    edit.execute("CREATE TRIGGER planted AFTER INSERT ON entry BEGIN SELECT 1; END")
    edit.execute("UPDATE sqlite_schema SET name = 'sqlite_stat9' WHERE name = 'planted'")
    assert "sqlite_stat9" in refusal(log)


@pytest.mark.parametrize("name", SEARCH_NAMES)
def test_the_settings_of_the_search_indexes_count(log: Path, edit: apsw.Connection, name: str) -> None:
    edit.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('secure-delete', 0)")
    assert "the settings of the search indexes were changed" in refusal(log)


def test_a_table_of_temporary_things_hides_nothing(log: Path, edit: apsw.Connection) -> None:
    edit.execute("CREATE VIEW planted AS SELECT 1")
    connection = apsw.Connection(str(log))
    connection.execute("CREATE TEMP TABLE planted (x)")
    assert schema_faults(connection) == ["the view 'planted', which commlog did not create, was added"]
    connection.close()


@pytest.mark.parametrize("work", ["append", "rebuild", "create_location"])
async def test_a_trigger_planted_while_the_log_is_open_stops_the_next_write(
    store: Store, path: Path, work: str
) -> None:
    given = mail()
    await put(store, given)
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute(
            "CREATE TRIGGER planted AFTER INSERT ON entry BEGIN DELETE FROM entry WHERE pk = new.pk; END"
        )
    written: dict[str, Callable[[], Awaitable[object]]] = {
        "append": lambda: store.append("quay", "sender", [mail()]),
        "rebuild": store.rebuild,
        "create_location": lambda: store.create_location(QUAY.model_copy(update={"id": "x"})),
    }
    with pytest.raises(DamagedLogError, match="planted"):
        await written[work]()
    assert await ids(store) == [given.id]
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("DROP TRIGGER planted")
    assert len(await put(store, mail())) == 1


@pytest.mark.parametrize(
    "disguise",
    ["UPDATE projection SET layout = 0", "DELETE FROM projection", "DROP TABLE projection; PRAGMA application_id = 0"],
)
async def test_no_layout_number_shields_a_trigger_from_a_log_that_is_open(
    store: Store, path: Path, disguise: str
) -> None:
    given = mail()
    await put(store, given)
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute(
            "CREATE TRIGGER planted AFTER INSERT ON entry BEGIN DELETE FROM entry WHERE pk = new.pk; END"
        )
        connection.execute(disguise)
    with pytest.raises(DamagedLogError):
        await put(store, mail())
    assert await ids(store) == [given.id]


async def test_a_log_that_a_newer_version_took_over_is_not_written(store: Store, path: Path) -> None:
    await put(store, mail())
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("UPDATE projection SET layout = 99; CREATE TABLE search_newer (x)")
    with pytest.raises(StoreUnavailableError, match="newer commlog"):
        await put(store, mail())


@pytest.mark.parametrize(
    "change", ["UPDATE projection SET layout = 0", "DELETE FROM projection", "INSERT INTO projection VALUES (1)"]
)
def test_a_layout_number_that_no_version_gave_is_a_fault(log: Path, edit: apsw.Connection, change: str) -> None:
    edit.execute(change)
    with pytest.raises(DamagedLogError, match="layout number"):
        connect(log)


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("CREATE TABLE pages (url)")
    assert refusal(path) == "This file is no log."


@pytest.mark.parametrize("file", LAYOUTS, ids=lambda path: path.stem)
async def test_a_file_of_every_layout_ever_made_opens_verifies_and_goes_on(file: Path, tmp_path: Path) -> None:
    path = Path(copyfile(file, tmp_path / "log.db"))
    with auditing.opened(path) as connection:
        assert schema_faults(connection) == []
        for number, location, count in auditing.locations(connection):
            verifier = Verifier(location)
            for rows in auditing.batches(connection, number):
                verifier.check(rows)
            auditing.finish(connection, number, verifier)
            assert (verifier.faults, verifier.records) == ([], count)
        auditing.require_known_locations(connection)
        assert not comparing.is_comparable(connection) or comparing.differing(connection) == []
    store = SqliteStore.open(path)
    before = await ids(store)
    assert before
    entry = mail(sent_at=NOON + minutes(10_000_000))
    await put(store, entry)
    assert await ids(store) == [entry.id, *before][:50]
    await store.close()


QUOTED = st.from_regex(r"'([^']|'')*'", fullmatch=True)


@given(
    st.lists(
        st.tuples(QUOTED | st.sampled_from(["a", "(", "é", "\xa0", "--", "\x0b"]), st.text(" \t\n\f\r", min_size=1))
    )
)
def test_only_white_space_outside_quotes_is_evened_out(parts: list[tuple[str, str]]) -> None:
    plain = " ".join(part for part, _ in parts)
    assert normalized("".join(part + space for part, space in parts)) == normalized(plain) == plain
