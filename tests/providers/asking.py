"""Requests for the tests of providers, signed by code of their own."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from commlog_tui.providers.request import HookRequest

NOW = datetime(2026, 11, 3, 8, 14, tzinfo=UTC)
URL = "https://log.example.org/v1/hooks/any/boats"


def request_of(
    body: bytes | str | object = b"", headers: Mapping[str, str] | None = None, **changes: Any
) -> HookRequest:
    raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    values: dict[str, Any] = {"method": "POST", "url": URL, "received_at": NOW, "headers": headers or {}}
    return HookRequest(body=raw, **(values | changes))
