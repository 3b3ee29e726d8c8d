"""Log requests by a request id that the service's log shares, without personal data."""

import logging
import secrets
from typing import Final

REQUEST_ID: Final = "X-Request-Id"
LOGGER: Final = logging.getLogger("commlog_tui.client")

_WORDS: Final = frozenset(
    {
        *("v1", "me", "locations", "entries", "batch", "events", "corrections", "redaction", "customers", "feed"),
        *("ledger", "checkpoint", "proof", "consistency", "records", "statistics", "worklist"),
    }
)


def new_request_id() -> str:
    """Return a request id that is unique within days and short enough to be read out."""
    digits = secrets.token_hex(4)
    return f"{digits[:4]}-{digits[4:]}"


def note(method: str, path: str, outcome: int | str, seconds: float, request_id: str) -> None:
    """Log how a request ended: a status or the name of an error.

    Only the parts of the path that belong to the API are logged.
    """
    if LOGGER.isEnabledFor(logging.INFO):
        call = "/".join(part if part in _WORDS else "*" for part in path.lstrip("/").split("/"))
        LOGGER.info(
            "method=%s call=%s outcome=%s ms=%.1f request_id=%s", method, call, outcome, seconds * 1000, request_id
        )
