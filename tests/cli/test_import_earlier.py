"""What 0.1.0 recorded under its keys is not recorded again; warnings name their row."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from commlog_tui.cli.import_sending import SHOWN, Tally, send
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.location import NewLocation, Role
from commlog_tui.contract.query import EntryQuery
from commlog_tui.imports.formats import Format
from commlog_tui.imports.items import ImportOptions, Item, entry_of
from commlog_tui.imports.message import read_message
from commlog_tui.imports.refused_file import RefusedFile
from commlog_tui.service.app import create_app
from commlog_tui.service.tokens import Owner, digest_of, new_secret
from commlog_tui.store.protocol import TokenRecord
from commlog_tui.store.sqlite.store import SqliteStore

OWNER = new_secret()
SENDER = new_secret()
MESSAGE = """To: Anna@X.example, 'Ben@x.example', c@x.example
Message-ID: 7@x.example
Date: Tue, 03 Nov 2026 09:14:00 +0100
Subject: Boats

Hello"""


@pytest.fixture
async def transport(tmp_path: Path) -> AsyncIterator[httpx.ASGITransport]:
    store = SqliteStore.open(tmp_path / "log.db")
    await store.create_location(NewLocation(id="quay", name="Quay", zone="Europe/London"))
    await store.create_token(TokenRecord("1", "sender", Role.SENDER, None, datetime.now(UTC)), digest_of(SENDER))
    yield httpx.ASGITransport(app=create_app(store, owner=Owner("owner", digest_of(OWNER)), quiet=True))
    await store.close()


@pytest.fixture
async def client(transport: httpx.ASGITransport) -> AsyncIterator[LogClient]:
    client = LogClient("http://log.example", OWNER, transport=transport)
    yield client
    await client.aclose()


def of_0_1_0() -> dict[str, str]:
    """Return the keys under which 0.1.0 recorded the message, and its recipients."""
    return {f"mail:7@x.example {to}": to for to in ("Anna@X.example", "'Ben@x.example'", "c@x.example")}


def items() -> list[Item]:
    raw = MESSAGE.encode()
    return [one for one in read_message("box", 1, raw, raw, ImportOptions()) if isinstance(one, Item)]


async def sent(client: LogClient, some: Sequence[Item], folder: Path) -> Tally:
    tally = Tally()
    (folder / "source").touch()
    await send(
        client, "quay", some, tally, RefusedFile(folder / "refused", Format.MBOX, folder / "source", ImportOptions())
    )
    return tally


async def count(client: LogClient) -> int:
    return (await client.page("quay", EntryQuery())).total.count


async def test_what_0_1_0_recorded_is_there(client: LogClient, tmp_path: Path) -> None:
    for number, (key, to) in enumerate(of_0_1_0().items()):
        await client.add("quay", key, entry_of(items()[number].entry.model_dump(exclude_unset=True) | {"to": to}, {}))
    tally = await sent(client, items(), tmp_path)
    assert (tally.added, tally.there, tally.refused) == (0, 3, 0)
    assert await count(client) == 3


async def test_what_it_recorded_in_part_is_completed(client: LogClient, tmp_path: Path) -> None:
    key, to = next(iter(of_0_1_0().items()))
    await client.add("quay", key, entry_of(items()[0].entry.model_dump(exclude_unset=True) | {"to": to}, {}))
    first, second = await sent(client, items(), tmp_path), await sent(client, items(), tmp_path)
    assert (first.added, first.there, first.refused) == (2, 1, 0)
    assert (second.added, second.there, second.refused) == (0, 3, 0)
    assert await count(client) == 3


async def test_a_token_that_may_not_read_still_imports(
    transport: httpx.ASGITransport, client: LogClient, tmp_path: Path
) -> None:
    sender = LogClient("http://log.example", SENDER, transport=transport)
    first, second = await sent(sender, items(), tmp_path), await sent(sender, items(), tmp_path)
    await sender.aclose()
    assert (first.added, second.added, second.there, second.refused) == (3, 0, 3, 0)
    assert await count(client) == 3


def test_warnings_are_counted_and_the_first_are_shown() -> None:
    tally = Tally()
    for _ in range(SHOWN + 5):
        tally.warn(items()[0], "its time is in the future")
    assert (tally.warned, len(tally.warnings)) == (SHOWN + 5, SHOWN)
    assert tally.warnings[0] == "  box:1: its time is in the future"
