"""Locations and tokens."""

import pytest

from commlog_tui.contract.location import Role
from commlog_tui.store import token_cache
from commlog_tui.store.errors import LocationExistsError, StoreUnavailableError, UnknownLocationError
from commlog_tui.store.protocol import Store, TokenRecord
from tests.store.conftest import OpenLog
from tests.store.factory import NOON, QUAY, minutes


async def test_a_location_is_set_up_once(store: Store) -> None:
    with pytest.raises(LocationExistsError):
        await store.create_location(QUAY)
    assert [location.name for location in await store.locations()] == ["Pier Hotel", "Quay Boats"]
    with pytest.raises(UnknownLocationError):
        await store.location("nowhere")


async def test_tokens_are_kept_and_revoked_for_good(store: Store) -> None:
    desk = TokenRecord("t-1", "Front desk", Role.DESK, ("quay",), NOON)
    owner = TokenRecord("t-2", "Owner", Role.ADMIN, None, NOON + minutes(1))
    await store.create_token(owner, b"o" * 32)
    await store.create_token(desk, b"d" * 32)
    assert list(await store.tokens()) == [desk, owner]
    assert await store.token(b"d" * 32) == desk
    assert await store.token(b"x" * 32) is None
    assert await store.revoke_token("t-1")
    assert not await store.revoke_token("t-9")
    revoked = await store.token(b"d" * 32)
    assert revoked is not None
    assert revoked.revoked_at is not None
    assert await store.revoke_token("t-1")
    assert await store.token(b"d" * 32) == revoked


async def test_a_cached_token_is_revoked_at_once_here_and_within_a_second_elsewhere(
    store: Store, open_log: OpenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [100.0]
    monkeypatch.setattr(token_cache, "monotonic", lambda: seconds[0])
    desk = TokenRecord("t-1", "Front desk", Role.DESK, ("quay",), NOON)
    await store.create_token(desk, b"d" * 32)
    elsewhere = open_log(create=False)
    assert await store.token(b"d" * 32) == await elsewhere.token(b"d" * 32) == desk
    await store.revoke_token("t-1")
    revoked = await store.token(b"d" * 32)
    assert revoked is not None
    assert revoked.revoked_at is not None
    seconds[0] += 1
    assert await elsewhere.token(b"d" * 32) == revoked
    await elsewhere.close()


async def test_a_token_that_was_unknown_is_found_as_soon_as_it_is_there(store: Store, open_log: OpenLog) -> None:
    elsewhere = open_log(create=False)
    desk = TokenRecord("t-1", "Front desk", Role.DESK, ("quay",), NOON)
    assert await store.token(b"d" * 32) is None
    await elsewhere.create_token(desk, b"d" * 32)
    assert await store.token(b"d" * 32) == desk
    await elsewhere.close()


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.check_writable()
    await store.close()
    with pytest.raises(StoreUnavailableError):
        await store.check_writable()
