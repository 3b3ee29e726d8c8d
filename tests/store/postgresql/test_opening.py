"""Opening a log in PostgreSQL: its tables, what it is refused for, and its accounts."""

import psycopg
import pytest

from commlog_tui.contract.location import NewLocation
from commlog_tui.store.errors import (
    LocationExistsError,
    NewerLayoutError,
    OlderLayoutError,
    StoreUnavailableError,
    UnknownLocationError,
)
from commlog_tui.store.opening import open_store
from tests.postgresql.fixtures import CreateDatabase

QUAY = NewLocation(id="quay", name="Quay Boats", zone="Europe/London")


async def test_makes_the_tables_in_an_empty_database_and_opens_them_again(create_database: CreateDatabase) -> None:
    url = create_database(migrated=False)
    store = open_store(url)
    await store.create_location(QUAY)
    await store.close()
    store = open_store(url, create=False)
    assert [location.id for location in await store.locations()] == ["quay"]
    assert (await store.location("quay")).seq == 0
    await store.close()


async def test_numbers_locations_and_refuses_a_second_of_the_same_id(postgresql_url: str) -> None:
    store = open_store(postgresql_url)
    await store.create_location(QUAY)
    with pytest.raises(LocationExistsError):
        await store.create_location(QUAY)
    with pytest.raises(UnknownLocationError):
        await store.location("pier")
    await store.check_writable()
    await store.close()


def test_makes_nothing_unless_it_may(create_database: CreateDatabase) -> None:
    with pytest.raises(OlderLayoutError):
        open_store(create_database(migrated=False), create=False)


def test_refuses_the_tables_of_a_newer_version(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("INSERT INTO migration VALUES (1000)")
    with pytest.raises(NewerLayoutError):
        open_store(postgresql_url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://nobody:secret@127.0.0.1:1/nothing", "refused"),
        ("postgresql://host:port/", "port"),
        ("postgresql:///x?unheard=of", "no URL"),
    ],
)
def test_a_server_that_cannot_be_reached_is_said_in_words(url: str, words: str) -> None:
    with pytest.raises(StoreUnavailableError, match=words) as refused:
        open_store(url)
    assert "secret" not in str(refused.value)
    assert "Nothing was" in str(refused.value)
