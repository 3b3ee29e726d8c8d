"""Nothing changes or removes a record: not the owner of the tables, and not the service's role."""

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from commlog_tui.store.postgresql.guards import ACCOUNTS, grant, tables
from tests.postgresql.fixtures import CreateDatabase

COLUMNS = "location, seq, root, id, kind, leaf_start, salt, personal"
IDS = [f"00000000-0000-4000-8000-{number:012}" for number in range(9)]
REFUSED = (errors.RestrictViolation, errors.InsufficientPrivilege, errors.UniqueViolation)


@pytest.fixture
def owner(create_database: CreateDatabase) -> Iterator[psycopg.Connection]:
    """The owner's connection to two locations: an entry of two records, one that is redacted, another location."""
    with psycopg.connect(create_database(), autocommit=True) as connection:
        connection.execute("SELECT set_config('commlog.upkeep', 'on', false)")
        for no, name in ((1, "quay"), (2, "pier")):
            connection.execute("INSERT INTO location VALUES (%s, %s, %s, 'Europe/London')", (no, name, name))
        rows = [(1, 1, 1, "entry"), (1, 2, 2, "entry"), (1, 3, 2, "event"), (1, 4, 2, "redaction"), (2, 1, 1, "entry")]
        for number, (location, seq, root, kind) in enumerate(rows):
            connection.execute(
                f"INSERT INTO record ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, 1, 'salt', '{{}}')",
                (location, seq, root, IDS[number], kind),
            )
            connection.execute("INSERT INTO form VALUES (%s, %s, %s)", (location, number, "{}" + str(number)))
        yield connection


@pytest.fixture
def service(owner: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """The connection of a role that has what the service needs, at the first location."""
    role, password = f"service_{secrets.token_hex(6)}", secrets.token_urlsafe(16)
    try:
        owner.execute(SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(Identifier(role), password))
    except errors.InsufficientPrivilege:
        pytest.skip("the role of the tests may not create others")
    grant(owner, "public", role)
    with psycopg.connect(make_conninfo(owner.info.dsn, user=role, password=password), autocommit=True) as connection:
        connection.execute("SELECT set_config('commlog.location', '1', false)")
        yield connection
    for where in ("ALL TABLES IN SCHEMA public", "ALL FUNCTIONS IN SCHEMA public", "SCHEMA public"):
        owner.execute(SQL("REVOKE ALL ON {} FROM {}").format(SQL(where), Identifier(role)))
    owner.execute(SQL("DROP ROLE {}").format(Identifier(role)))


CHANGES = [
    "UPDATE record SET rest = '{}' WHERE location = 1 AND seq = 1",
    "UPDATE record SET leaf_start = 2 WHERE location = 1 AND seq = 2",
    "UPDATE record SET kind = kind",
    "DELETE FROM record WHERE location = 1 AND seq = 1",
    "DELETE FROM record",
    "TRUNCATE record CASCADE",
    "TRUNCATE form, record",
    "TRUNCATE form",
    "UPDATE form SET text = 'x'",
    "DELETE FROM form",
    "INSERT INTO form VALUES (1, 0, 'x') ON CONFLICT (location, no) DO UPDATE SET text = EXCLUDED.text",
    "UPDATE record SET personal = 'x' WHERE location = 1 AND seq = 1",
    "UPDATE record SET personal = 'x' WHERE location = 1 AND seq = 2",
    "UPDATE record SET salt = salt",
    "UPDATE record SET salt = NULL WHERE location = 1 AND seq = 2",
    "UPDATE record SET personal = NULL WHERE location = 1 AND seq = 2",
    "UPDATE record SET salt = NULL, personal = NULL WHERE location = 1 AND seq = 1",
    "UPDATE record SET salt = NULL, personal = NULL WHERE location = 1 AND seq = 4",
    "UPDATE record SET salt = NULL, personal = NULL, leaf_start = 2 WHERE location = 1 AND seq = 2",
    (
        f"INSERT INTO record ({COLUMNS}) VALUES (1, 1, 1, '{IDS[0]}', 'entry', 1, 'x', 'x') "
        "ON CONFLICT (location, seq) DO UPDATE SET personal = EXCLUDED.personal"
    ),
    (
        f"INSERT INTO record ({COLUMNS}) VALUES (1, 9, 9, '{IDS[0]}', 'entry', 1, 'x', 'x') "
        "ON CONFLICT (location, id) DO UPDATE SET leaf_start = EXCLUDED.leaf_start"
    ),
    f"INSERT INTO record ({COLUMNS}) VALUES (1, 1, 1, '{IDS[8]}', 'entry', 1, 'x', 'x')",
    "MERGE INTO record USING (VALUES (1)) AS one (no) ON location = no WHEN MATCHED THEN UPDATE SET salt = 'x'",
    "MERGE INTO record USING (VALUES (1)) AS one (no) ON location = no AND seq = 1 WHEN MATCHED THEN DELETE",
    "WITH gone AS (DELETE FROM record WHERE location = 1 RETURNING *) SELECT count(*) FROM gone",
]
CHANGE = pytest.mark.parametrize("statement", CHANGES)


@CHANGE
def test_the_owner_changes_nothing(owner: psycopg.Connection, statement: str) -> None:
    before = content(owner)
    with pytest.raises(REFUSED):
        owner.execute(statement)
    assert content(owner) == before


@CHANGE
def test_the_service_changes_nothing(owner: psycopg.Connection, service: psycopg.Connection, statement: str) -> None:
    before = content(owner)
    with pytest.raises(REFUSED):
        service.execute(statement)
    assert content(owner) == before


@CHANGE
def test_nor_does_a_superuser_who_switches_triggers_off_for_replication(
    postgresql_server: object, owner: psycopg.Connection, statement: str
) -> None:
    """The guards are enabled ALWAYS; what else a superuser can do is in docs/guide/postgresql.md."""
    superuser = make_conninfo(owner.info.dsn, user="postgres", password=owner.info.password)
    try:
        connection = psycopg.connect(superuser, autocommit=True)
    except psycopg.OperationalError:
        pytest.skip("the server of the tests lets no superuser in")
    with connection:
        connection.execute("SET session_replication_role = replica")
        before = content(owner)
        with pytest.raises(REFUSED):
            connection.execute(statement)
        assert content(owner) == before


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "ALTER TABLE record DISABLE TRIGGER ALL",
        "ALTER TABLE form DISABLE TRIGGER form_is_never_changed",
        "ALTER TABLE record DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE record NO FORCE ROW LEVEL SECURITY",
        "DROP TRIGGER record_is_never_updated ON record",
        "DROP TABLE record CASCADE",
        "DROP POLICY own_location ON record",
        "ALTER TABLE record ADD COLUMN more text",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE public.planted (x integer)",
        "CREATE TRIGGER planted BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "UPDATE log SET id = 'another'",
        "UPDATE location SET zone = 'Asia/Tokyo'",
        "UPDATE token SET revoked_at = NULL",
        "INSERT INTO token VALUES ('1', 'x', 'admin', NULL, 'x', 0, NULL)",
        "DELETE FROM migration",
        "INSERT INTO hook VALUES ('quay', 'twilio', 'x', 0)",
        "TRUNCATE entry",
        "COPY record TO PROGRAM 'cat'",
    ],
)
def test_the_service_takes_no_guard_away(service: psycopg.Connection, statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.InvalidFunctionDefinition)):
        service.execute(statement)


def test_copy_replaces_nothing(owner: psycopg.Connection, service: psycopg.Connection) -> None:
    before = content(owner)
    for connection in (owner, service):
        with (
            pytest.raises((errors.UniqueViolation, errors.FeatureNotSupported)),
            connection.cursor() as cursor,
            cursor.copy(f"COPY record ({COLUMNS}) FROM STDIN") as rows,
        ):
            rows.write_row((1, 1, 1, IDS[8], "entry", 1, b"forged", b"forged"))
    assert content(owner) == before


def test_personal_data_goes_once_a_redaction_is_on_record(service: psycopg.Connection) -> None:
    remove = "UPDATE record SET salt = NULL, personal = NULL WHERE location = 1 AND seq IN (2, 3) RETURNING seq"
    assert sorted(service.execute(remove).fetchall()) == [(2,), (3,)]


@pytest.mark.usefixtures("row_level_security")
def test_a_transaction_sees_the_rows_of_its_location_alone(
    owner: psycopg.Connection, service: psycopg.Connection
) -> None:
    owner.execute("SELECT set_config('commlog.upkeep', '', false), set_config('commlog.location', '1', false)")
    for connection in (owner, service):
        assert connection.execute("SELECT DISTINCT location FROM record").fetchall() == [(1,)]
        assert not connection.execute("SELECT * FROM form WHERE location = 2").fetchall()
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
            connection.execute(f"INSERT INTO record ({COLUMNS}) VALUES (2, 9, 9, '{IDS[8]}', 'entry', 1, '', '')")
        connection.execute("SELECT set_config('commlog.location', '', false)")
        for table, has_location in tables(owner, "public"):
            if has_location:
                query = SQL("SELECT * FROM {}").format(Identifier(table))
                assert not connection.execute(query).fetchall(), table
    service.execute("SELECT set_config('commlog.upkeep', 'on', false)")
    assert not service.execute("SELECT * FROM record").fetchall(), "upkeep is the owner's alone"


@pytest.mark.usefixtures("row_level_security")
def test_row_level_security_is_forced_on_every_table_with_a_location(owner: psycopg.Connection) -> None:
    named = [name for name, has_location in tables(owner, "public") if has_location]
    assert {"record", "form", "entry", "head", "customer"} <= set(named)
    forced = owner.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity "
        "AND relforcerowsecurity ORDER BY relname"
    )
    assert [name for (name,) in forced] == named
    others = {name for name, has_location in tables(owner, "public") if not has_location}
    assert others == set(ACCOUNTS)


def content(owner: psycopg.Connection) -> list[object]:
    return [owner.execute(f"SELECT * FROM {table} ORDER BY {table}::text").fetchall() for table in ("record", "form")]
