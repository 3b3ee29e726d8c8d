"""Locations and tokens."""

import pytest

from commlog_tui.contract.location import Role
from commlog_tui.store.errors import LocationExistsError, StoreUnavailableError, UnknownLocationError
from commlog_tui.store.protocol import Store, TokenRecord
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


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.check_writable()
    await store.close()
    with pytest.raises(StoreUnavailableError):
        await store.check_writable()
