"""What a client of 0.1.0 asks for, call by call, with the model that it reads each answer by.

``python -m tests.compatibility.exchange URL TOKEN`` plays it against a service with one empty
location, ``quay``, and prints the answers: ``answers-0.1.0.json`` is what the service of 0.1.0
said.
"""

import asyncio
import json
import sys
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import BaseModel

from tests.compatibility import release_0_1_0 as old
from tests.patience import PATIENCE

QUAY = "/v1/locations/quay"
MAIL = "00000000-0000-4000-8000-000000000001"
CALL = "00000000-0000-4000-8000-000000000002"
TEXT = "00000000-0000-4000-8000-000000000003"
GUEST = {"id": "c-1", "name": "Ada Byron", "addresses": ["ada@example.com"], "numbers": ["+442079460123"]}
NOON = "2026-11-03T12:00:00Z"


@dataclass(frozen=True)
class Call:
    """One call, and how its answer is read."""

    name: str
    path: str
    model: type[BaseModel]
    status: int = 200
    body: dict[str, Any] | None = None
    key: str | None = None
    params: dict[str, str | int] = field(default_factory=dict)

    async def play(self, client: httpx.AsyncClient) -> httpx.Response:
        """Ask for it."""
        headers = {"Idempotency-Key": self.key} if self.key else {}
        if self.body is None:
            return await client.get(self.path, params=self.params)
        return await client.post(self.path, json=self.body, headers=headers)


_MAIL: dict[str, Any] = {
    "via": "email", "to": "ada@example.com", "title": "Booking Confirmation", "source": "workflow", "sent_at": NOON,
    "customer": GUEST, "code": "QX7K2P", "reference": "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c",
    "events": [{"kind": "sent", "at": NOON}, {"kind": "delivered", "at": "2026-11-03T12:00:04Z", "detail": "250 OK"}],
}  # fmt: skip
_CALL = {
    "via": "phone",
    "to": "020 7946 0123",
    "title": "Rang",
    "source": "manual",
    "sent_at": NOON,
    "direction": "inbound",
}
_TEXT = {
    "via": "sms",
    "to": "+442079460123",
    "title": "Reminder",
    "source": "template",
    "sent_at": NOON,
    "customer": GUEST,
}
_CORRECTION = {"changes": {"title": "Rang about parking", "customer": GUEST}, "reason": "misheard"}
_EVENT = {"kind": "opened", "at": "2026-11-03T13:00:00Z"}

CALLS = (
    Call("me", "/v1/me", old.Me),
    Call("add", f"{QUAY}/entries", old.Receipt, 201, _MAIL, MAIL),
    Call("add again", f"{QUAY}/entries", old.Receipt, 200, _MAIL, MAIL),
    Call("add another under its key", f"{QUAY}/entries", old.Problem, 422, _MAIL | {"title": "Other"}, MAIL),
    Call("add by hand", f"{QUAY}/entries", old.Receipt, 201, _CALL, CALL),
    Call("add a batch", f"{QUAY}/entries/batch", old.BatchAnswers, 200, {"items": [{"key": TEXT, "entry": _TEXT}]}),
    Call("add what is wrong", f"{QUAY}/entries", old.Problem, 422, {"via": "Fax"}, "wrong"),
    Call("add an event", f"{QUAY}/entries/{MAIL}/events", old.Receipt, 201, _EVENT, "event-1"),
    Call("correct", f"{QUAY}/entries/{CALL}/corrections", old.Receipt, 201, _CORRECTION, "correction-1"),
    Call("redact", f"{QUAY}/entries/{TEXT}/redaction", old.Receipt, 201, {"reason": "asked for"}, "redaction-1"),
    Call("locations", "/v1/locations", old.Locations),
    Call("location", QUAY, old.LocationDetail),
    Call("page", f"{QUAY}/entries", old.Page, params={"limit": 2}),
    Call("filtered", f"{QUAY}/entries", old.Page, params={"status": "delivered", "via": "email", "q": "ada"}),
    Call("detail", f"{QUAY}/entries/{MAIL}", old.EntryDetail),
    Call("detail of a corrected entry", f"{QUAY}/entries/{CALL}", old.EntryDetail),
    Call("detail of a redacted entry", f"{QUAY}/entries/{TEXT}", old.EntryDetail),
    Call("detail of none", f"{QUAY}/entries/{TEXT[:-1]}9", old.Problem, 404),
    Call("customers", f"{QUAY}/customers", old.CustomerMatches, params={"q": "ada"}),
    Call("customer", f"{QUAY}/customers/c-1", old.Customer),
    Call("checkpoint", f"{QUAY}/ledger/checkpoint", old.SignedCheckpoint),
    Call("proof", f"{QUAY}/ledger/proof/1", old.InclusionProof),
    Call("consistency", f"{QUAY}/ledger/consistency", old.ConsistencyProof, params={"from": 2, "to": 5}),
    Call("records", f"{QUAY}/ledger/records", old.Records),
    Call(
        "redact a customer",
        f"{QUAY}/customers/c-1/redaction",
        old.Redacted,
        200,
        {"reason": "asked for"},
        "redaction-2",
    ),
)


async def play(client: httpx.AsyncClient) -> dict[str, tuple[int, Any]]:
    """Play every call in order; return status and answer of each by its name."""
    answers = {}
    for call in CALLS:
        response = await call.play(client)
        answers[call.name] = response.status_code, response.json()
    return answers


async def _main(url: str, token: str) -> None:
    async with httpx.AsyncClient(
        base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
    ) as client:
        sys.stdout.write(json.dumps(await play(client), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
