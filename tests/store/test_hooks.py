"""Webhooks of a log, in the file beside it or in its database: the same for both."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from commlog_tui.store.hooks import HookRecord, Hooks, SignatureUse
from commlog_tui.store.opening import open_hooks
from commlog_tui.store.postgresql.hooks import HookTable
from commlog_tui.store.protocol import Store
from tests.store.databases import Database

NOW = datetime(2026, 11, 3, 9, 14, tzinfo=UTC)
HOOK = HookRecord("quay", "twilio", b"sealed", NOW)
USE = SignatureUse("quay", "mailgun", b"k" * 32, b"b" * 32)


@pytest.fixture
def opened(store: Store, database: Database) -> Iterator[Callable[[], Hooks]]:
    """Opens the webhooks of one log, as each process does for itself."""
    del store  # it has made the log
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(open_hooks(database.url)))


async def test_what_is_set_is_found_replaced_and_removed(opened: Callable[[], Hooks]) -> None:
    hooks = opened()
    assert (hooks.all(), hooks.providers("quay"), hooks.find("quay", "twilio")) == ([], [], None)
    hooks.set(HOOK)
    hooks.set(HookRecord("pier", "twilio", b"other", NOW))
    hooks.set(HookRecord("quay", "twilio", b"again", NOW))
    hooks.set(HookRecord("quay", "mailgun", b"sealed", NOW))
    assert [(one.location, one.provider, one.sealed) for one in hooks.all()] == [
        ("pier", "twilio", b"other"),
        ("quay", "mailgun", b"sealed"),
        ("quay", "twilio", b"again"),
    ]
    assert hooks.providers("quay") == ["mailgun", "twilio"]
    assert hooks.find("quay", "sendgrid") is None
    assert [hooks.remove("quay", "twilio") for _ in range(2)] == [True, False]
    assert hooks.providers("quay") == ["mailgun"]


async def test_what_another_process_changes_is_seen(opened: Callable[[], Hooks]) -> None:
    one, other = opened(), opened()
    one.set(HOOK)
    assert other.find("quay", "twilio") == HOOK
    one.remove("quay", "twilio")
    assert other.find("quay", "twilio") is None


async def test_a_signature_serves_one_body_until_it_is_forgotten(opened: Callable[[], Hooks]) -> None:
    one, another = opened(), opened()
    one.set(HOOK)
    later = NOW + timedelta(hours=1)
    other = SignatureUse(USE.location, USE.provider, USE.key, b"c" * 32)
    assert not one.is_replay(other, NOW)
    one.remember(USE, NOW, later)
    one.remember(other, NOW, later)
    for hooks in (one, another):
        assert [hooks.is_replay(use, NOW) for use in (USE, other)] == [False, True]
        assert not hooks.is_replay(SignatureUse("pier", USE.provider, USE.key, b"c" * 32), NOW)
        assert not hooks.is_replay(other, later)
    one.remember(USE, later, later + timedelta(hours=1))
    assert another.is_replay(other, later)


async def test_a_name_that_no_database_can_have_has_no_webhook(opened: Callable[[], Hooks]) -> None:
    hooks = opened()
    assert hooks.find("qu\x00ay", "twilio") is None
    assert not hooks.remove("qu\x00ay", "twilio")


def test_a_connection_that_was_lost_is_replaced(postgresql_url: str) -> None:
    with closing(HookTable(postgresql_url)) as hooks, psycopg.connect(postgresql_url, autocommit=True) as connection:
        hooks.set(HOOK)
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
        )
        assert hooks.find("quay", "twilio") == HOOK
