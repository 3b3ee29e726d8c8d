"""A server on which something acknowledged could be lost is refused, and so are roles without bounds."""

import secrets
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.opening import open_store
from commlog_tui.store.postgresql.connection import connect, parameters
from commlog_tui.store.postgresql.migrations import MIGRATIONS, layout_of, migrate
from commlog_tui.store.postgresql.server_checks import EXTENSIONS, require_bounded_role, require_extensions
from tests.postgresql.binaries import NoServerError
from tests.postgresql.cluster import Cluster
from tests.postgresql.fixtures import CreateDatabase


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    try:
        made = Cluster.create()
    except NoServerError as error:
        pytest.skip(f"PostgreSQL: {error}")
    yield made
    made.remove()


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_may_lose_records_is_refused(cluster: Cluster, name: str) -> None:
    cluster.start(**{name: "off"})
    try:
        with pytest.raises(StoreUnavailableError) as refused:
            open_store(cluster.url("postgres", "postgres"))
        assert f"{name} is off" in str(refused.value)
        assert f"Set {name} = on" in str(refused.value)
        with psycopg.connect(cluster.url("postgres", "postgres")) as connection:
            assert connection.execute("SELECT to_regclass('record')").fetchone() == (None,), "nothing was made"
    finally:
        cluster.stop()


def test_a_server_without_an_extension_says_what_to_install(create_database: CreateDatabase) -> None:
    with closing(connect(parameters(create_database(migrated=False)))) as connection:
        require_extensions(connection)
        with pytest.raises(StoreUnavailableError) as refused:
            require_extensions(connection, ("pg_trgm", "pg_never_made"))
    assert "does not have the extension pg_never_made." in str(refused.value)
    assert "install PostgreSQL's contrib modules there" in str(refused.value)


def test_a_role_that_may_not_create_extensions_says_who_is_to(create_database: CreateDatabase) -> None:
    url, role = create_database(migrated=False), f"plain_{secrets.token_hex(6)}"
    password = str(conninfo_to_dict(url).get("password", ""))
    with psycopg.connect(url, autocommit=True) as owner:
        try:
            owner.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
        except errors.InsufficientPrivilege:
            pytest.skip("the role of the tests may not create others")
        owner.execute(f"GRANT CREATE ON SCHEMA public TO {role}")
        own = make_conninfo(url, user=role, password=password)
        try:
            with closing(connect(parameters(own))) as connection:
                with pytest.raises(StoreUnavailableError) as refused:
                    migrate(connection)
                assert layout_of(connection) == 0
                assert f"The role {role} may not create the extension pg_trgm and btree_gin." in str(refused.value)
                assert "CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gin; in the database" in str(refused.value)
            for name in EXTENSIONS:
                owner.execute(f"CREATE EXTENSION {name}")
            with closing(connect(parameters(own))) as connection:
                assert migrate(connection) == len(MIGRATIONS)
        finally:
            with psycopg.connect(own, autocommit=True) as connection:
                connection.execute("DROP OWNED BY CURRENT_USER CASCADE")
            owner.execute(f"REVOKE ALL ON SCHEMA public FROM {role}; DROP ROLE {role}")


@pytest.mark.parametrize("where", ["DATABASE", "ROLE"])
def test_a_database_or_role_that_may_lose_records_is_refused(postgresql_url: str, where: str) -> None:
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        name = connection.info.dbname
        what = f'DATABASE "{name}"' if where == "DATABASE" else f'ROLE CURRENT_USER IN DATABASE "{name}"'
        connection.execute(f"ALTER {what} SET synchronous_commit = off")
    with pytest.raises(StoreUnavailableError, match="synchronous_commit is off"):
        open_store(postgresql_url)


@pytest.mark.parametrize("value", ["on", "local", "remote_write", "remote_apply"])
def test_other_settings_are_accepted(postgresql_url: str, value: str) -> None:
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{connection.info.dbname}" SET synchronous_commit = {value}')
    open_store(postgresql_url)


def test_the_owner_of_the_tables_is_warned_and_a_superuser_is_refused(postgresql_url: str) -> None:
    with closing(connect(parameters(postgresql_url))) as connection:
        migrate(connection)
        assert "owns the tables" in require_bounded_role(connection)
    password = str(conninfo_to_dict(postgresql_url).get("password", ""))
    superuser = make_conninfo(postgresql_url, user="postgres", password=password)
    try:
        connection = connect(superuser)
    except StoreUnavailableError:
        pytest.skip("the server of the tests lets no superuser in")
    with closing(connection), pytest.raises(StoreUnavailableError, match="a superuser"):
        require_bounded_role(connection)
