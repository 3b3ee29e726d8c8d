"""Answers as a service gives them."""

import json
from typing import Any

from commlog_tui.contract.entry import NewEntry
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.problem import PROBLEM_JSON

KEY = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"
AT = "2026-11-03T09:14:00Z"
TOKEN = "clerk-token"
PROBLEM_HEADER = f"Content-Type: {PROBLEM_JSON}"

ME = json.dumps(
    {"name": "Front desk", "role": "desk", "permissions": ["read"], "locations": [], "version": "1", "later": "field"}
).encode()


def new_entry(title: str = "Call about the pier") -> NewEntry:
    return NewEntry.model_validate(
        {"via": "phone", "to": "+447700900123", "title": title, "source": "manual", "sent_at": AT}
    )


def receipt(key: str = KEY, location: str = "pier", seq: int = 7) -> dict[str, Any]:
    return {"id": id_of_key(key), "location": location, "seq": seq, "leaf_hash": "00" * 32, "recorded_at": AT}


def problem(status: int, detail: str = "It was not taken.", **more: Any) -> bytes:
    slug = {"type": "urn:commlog:problem:some", "title": "Some", "status": status, "detail": detail}
    return json.dumps(slug | more).encode()


def entry(seq: int) -> dict[str, Any]:
    nothing = dict.fromkeys(("reference", "code", "customer", "body"))
    fields = {"via": "sms", "to": "+447700900123", "title": "Grüße 🚤", "source": "workflow", "actor": "sender"}
    state = {"direction": "outbound", "sent_at": AT, "recorded_at": AT, "status": "sent", "corrected": False}
    return {"id": id_of_key(str(seq)), "location": "pier", "seq": seq} | nothing | fields | state


def feed_item(seq: int, kind: str = "entry") -> bytes:
    data = json.dumps({"seq": seq, "kind": kind, "entry": entry(seq)}, ensure_ascii=False)
    return f"id: {seq}\nevent: {kind}\ndata: {data}\n\n".encode()
