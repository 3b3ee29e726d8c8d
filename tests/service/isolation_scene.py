"""Two locations for ``isolation``: what is in them, and who may see what."""

from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import httpx

from commlog_tui.contract.entry import NewEntry
from commlog_tui.contract.location import NewLocation, Role
from commlog_tui.records.entry import AppendEntry
from commlog_tui.service.tokens import digest_of
from commlog_tui.store.protocol import Store, TokenRecord
from commlog_tui.store.sqlite.store import utc_now
from tests.service.asking import Names
from tests.service.calls import CALL, HANDOVER, MAIL, OWNER, TASK, UNKNOWN_ID, bearer, record

REVOKED: Final = "was-a-manager"
NOBODYS: Final = Names(
    "nowhere", UNKNOWN_ID, UNKNOWN_ID, "c-0", str(uuid4()), "nobody@none.example", "owl", "bm9ib2R5", 900, str(uuid4())
)


async def furnish(store: Store, api: httpx.AsyncClient, place: str, guest: str, entries: int) -> Names:
    """Make a location and its entries, and return what can be named of it."""
    await store.create_location(NewLocation(id=place, name=f"The {place}", zone="Europe/London"))
    address = f"{guest.rsplit(maxsplit=1)[-1].lower()}@{place}.example"
    names = Names(place, "", "", f"c-{place}", str(uuid4()), address, f"by-{place}", "", entries, str(uuid4()))
    named = {"customer": {"id": names.customer, "name": guest}, "body": f"Dear {guest}"}
    mail = await add(api, MAIL | named, names, names.key)
    more = NewEntry.model_validate(MAIL | {"title": f"To {guest}", "via": names.via, "kind": names.via})
    await store.append(place, "sender", [AppendEntry(str(uuid4()), more) for _ in range(entries - 2)])
    call = await add(api, CALL | {"title": f"{guest} rang"}, names, str(uuid4()))
    task = await record(api, place, "tasks", TASK | {"words": f"Ring {guest}", "entry": mail, "code": names.code})
    handover = await record(api, place, "handovers", HANDOVER | {"words": guest})
    page = await api.get(f"/v1/locations/{place}/entries", params={"limit": 1}, headers=bearer(OWNER))
    return replace(names, entry=mail, call=call, task=task, handover=handover, cursor=page.json()["older"])


def of(text: dict[str, Any], names: Names) -> dict[str, Any]:
    return text | {"customer": {"id": names.customer}}


def nobodys() -> Names:
    """Return names that nobody has heard before."""
    ids = [str(uuid4()) for _ in range(6)]
    names = replace(NOBODYS, entry=ids[0], call=ids[1], customer=f"c-{ids[2]}", key=ids[3])
    return replace(names, task=ids[4], handover=ids[5])


async def add(api: httpx.AsyncClient, text: dict[str, Any], names: Names, key: str) -> str:
    body = text | {"to": names.address, "reference": names.reference}
    return await record(api, names.location, "entries", body, key)


async def give_tokens(store: Store) -> None:
    for role in Role:
        for secret, places in ((role.value, ("quay",)), (f"{role.value}-nowhere", ())):
            await store.create_token(TokenRecord(secret, secret, role, places, utc_now()), digest_of(secret))
    await store.create_token(TokenRecord(REVOKED, REVOKED, Role.MANAGER, None, utc_now()), digest_of(REVOKED))
    await store.revoke_token(REVOKED)
