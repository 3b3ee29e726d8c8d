"""What waited and names a guest whom the log does not know any more is held back until somebody decides."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typing_extensions import override

from commlog_tui.client import errors
from commlog_tui.client.held_back import HELD_BACK, is_held_back, released, without_guest
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.customer_record import local_customer_id
from commlog_tui.contract.problem import PROBLEM_JSON
from tests.client.samples import problem
from tests.client.test_outbox_sending import CONTENT, Log

GUEST = {"id": "c-1", "name": "Ada"}
ENTRY = CONTENT | {"customer": GUEST, "source": "manual", "to": "ada@example.com", "body": "Ada rang", "code": "HB-1"}
EARLIER = datetime.now(UTC) - timedelta(hours=1)


class Directory(Log):
    """A log that knows nobody but those named, or lets nobody ask."""

    def __init__(self, *known: str, status: int = 404) -> None:
        super().__init__()
        self.known = known
        self.status = status

    @override
    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.method == "GET" and "/customers/" in path:
            if path.rpartition("/")[2] not in self.known:
                headers = {"content-type": PROBLEM_JSON}
                return httpx.Response(self.status, content=problem(self.status, "Not here."), headers=headers)
            fields = GUEST | {"addresses": [], "numbers": [], "last_seen": "2026-10-28T09:00:00Z"}
            return httpx.Response(200, json=fields)
        return super().__call__(request)


def waited(key: str = "k", saved_at: datetime = EARLIER, **fields: Any) -> OutboxItem:
    return OutboxItem(key=key, location="pier", **({"content": ENTRY, "saved_at": saved_at} | fields))


async def sent(outbox: Outbox, log: Directory, *items: OutboxItem) -> tuple[list[str], list[OutboxItem]]:
    """Return the keys of what was sent, and what was not."""
    for item in items:
        outbox.save(item)
    client: LogClient = log.client()
    report = await outbox.send(client)
    await client.aclose()
    return [item.key for item, _ in report.sent], list(report.refused)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"action": "correction", "entry_id": "e", "content": {"changes": {"customer": GUEST}}},
        {"action": "task", "content": {"words": "ring", "due_at": "2026-10-28T09:00:00Z", "customer": GUEST}},
        {"action": "contact", "entry_id": "c-1", "content": {"new": "ada@example.com"}},
        {"action": "preference", "content": {"customer_id": "c-1", "via": "sms"}},
        {"action": "merge", "content": {"customer_id": "c-2", "into": "c-1"}},
    ],
    ids=["entry", "correction", "task", "contact", "preference", "merge"],
)
async def test_it_is_held_back_with_a_sentence(tmp_path: Path, fields: dict[str, Any]) -> None:
    outbox, log = Outbox(tmp_path), Directory("c-2")
    done, (held,) = await sent(outbox, log, waited(**fields))
    assert (done, log.posts) == ([], [])
    assert outbox.items() == (held,)
    assert is_held_back(held)
    assert held.reason == f"{HELD_BACK} Nothing was sent."


async def test_a_guest_who_is_known_or_has_just_been_named_or_is_made_holds_nothing_back(tmp_path: Path) -> None:
    new = OutboxItem(key="new", location="pier", action="customer", content={"name": "Bo"}, state="refused")
    by_new = ENTRY | {"customer": {"id": local_customer_id("new"), "name": "Bo"}}
    items = waited("known"), waited("made", content=by_new)
    done, refused = await sent(Outbox(tmp_path), Directory("c-1"), new, *items)
    assert (sorted(done), refused) == (["known", "made"], [])
    unknown = ENTRY | {"customer": {"id": "c-9"}}
    done, refused = await sent(Outbox(tmp_path), Directory(), waited("now", datetime.now(UTC), content=unknown))
    assert (done, refused) == (["now"], [])


async def test_a_token_that_may_ask_for_nobody_sends_and_a_log_that_fails_is_asked_again(tmp_path: Path) -> None:
    assert (await sent(Outbox(tmp_path / "a"), Directory(status=403), waited()))[0] == ["k"]
    outbox, log = Outbox(tmp_path / "b"), Directory(status=503)
    outbox.save(waited())
    report = await outbox.send(log.client())
    assert isinstance(report.error, errors.BusyError)
    assert [item.state for item in outbox.items()] == ["waiting"]
    assert log.posts == []


async def test_a_program_names_whom_it_likes(tmp_path: Path) -> None:
    assert (await sent(Outbox(tmp_path, holds_back=False), Directory(), waited()))[0] == ["k"]


async def test_what_is_released_is_sent_with_or_without_the_guest(tmp_path: Path) -> None:
    outbox, log = Outbox(tmp_path), Directory()
    _, (held,) = await sent(outbox, log, waited())
    ready = without_guest(held)
    assert ready is not None
    assert not {"customer", "to", "body", "code", "reference"} & ready.content.keys()
    assert ready.content["title"] == ENTRY["title"]
    assert (await sent(outbox, log, ready))[0] == ["k"]
    _, (held,) = await sent(outbox, log, waited("other"))
    assert (await sent(outbox, log, released(held)))[0] == ["other"]
    assert outbox.items() == ()


def test_nothing_remains_of_an_address_without_its_guest() -> None:
    assert without_guest(waited(action="contact", entry_id="c-1", content={"new": "ada@example.com"})) is None
