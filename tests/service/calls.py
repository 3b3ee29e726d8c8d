"""What the tests of the service send, and how they look at what comes back."""

from typing import Any
from uuid import uuid4

import httpx

ENTRIES = "/v1/locations/quay/entries"
CALL: dict[str, Any] = {"via": "phone", "title": "Rang", "source": "manual", "sent_at": "2026-11-03T09:14:00Z"}
MAIL = CALL | {"via": "email", "to": "ada@example.com", "source": "workflow"}
CHANGE: dict[str, Any] = {"changes": {"title": "Rang twice"}, "reason": "forgot"}
SENT: dict[str, Any] = {"kind": "sent", "at": "2026-11-03T09:15:00Z"}
RUN: dict[str, Any] = {"workflow": "Reminder", "status": "running", "at": "2026-11-03T09:15:00Z"}
TASK: dict[str, Any] = {"words": "Ring back", "due_at": "2026-11-03T10:00:00Z"}
HANDOVER: dict[str, Any] = {"since": "2026-11-03T06:00:00Z", "until": "2026-11-03T14:00:00Z"}
WISH: dict[str, Any] = {"reason": "asked to be forgotten"}
UNKNOWN_ID = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"
OWNER = "owner"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def add(api: httpx.AsyncClient, entry: dict[str, Any], key: str, caller: str = OWNER) -> httpx.Response:
    return await api.post(ENTRIES, json=entry, headers={"Idempotency-Key": key, **bearer(caller)})


def is_problem(answer: httpx.Response, status: int, slug: str) -> bool:
    body = answer.json()
    return (
        answer.status_code == status == body["status"]
        and answer.headers["content-type"] == "application/problem+json"
        and answer.headers["cache-control"] == "no-store"
        and "x-request-id" in answer.headers
        and list(body) == ["type", "title", "status", "detail", "errors"]
        and body["type"] == f"urn:commlog:problem:{slug}"
        and bool(body["title"] and body["detail"])
        and all(list(fault) == ["field", "message"] for fault in body["errors"])
    )


async def record(api: httpx.AsyncClient, location: str, path: str, body: dict[str, Any], key: str = "") -> str:
    """Post a body under a key, by default a new one, as the owner, and return the id of the record."""
    headers = {"Idempotency-Key": key or str(uuid4())} | bearer(OWNER)
    answer = await api.post(f"/v1/locations/{location}/{path}", json=body, headers=headers)
    return str(answer.json()["id"])
