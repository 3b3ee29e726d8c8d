"""What is told of a request where something keeps a log: by an id that the service's log knows, too, and without its data."""

import logging
import secrets
from typing import Final

REQUEST_ID: Final = "X-Request-Id"
LOGGER: Final = logging.getLogger("commlog_tui.client")

_WORDS: Final = frozenset(
    {
        *("v1", "me", "locations", "entries", "batch", "events", "corrections", "redaction", "customers", "feed"),
        *("ledger", "checkpoint", "proof", "consistency", "records"),
    }
)


def new_request_id() -> str:
    """Return an id that is one among those of some days, and short enough to be read out on the telephone."""
    digits = secrets.token_hex(4)
    return f"{digits[:4]}-{digits[4:]}"


def note(method: str, path: str, outcome: int | str, seconds: float, request_id: str) -> None:
    """Write down how a request ended: with a status, or with the name of an error. Of the path, the words of the API alone."""
    if LOGGER.isEnabledFor(logging.INFO):
        call = "/".join(part if part in _WORDS else "*" for part in path.lstrip("/").split("/"))
        LOGGER.info("method=%s call=%s outcome=%s ms=%.1f request_id=%s", method, call, outcome, seconds * 1000, request_id)
