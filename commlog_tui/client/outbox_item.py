"""One item of the outbox, and its file as this version and others write it."""

import json
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from commlog_tui.contract.base import Instant
from commlog_tui.contract.customer_record import NewContact, NewLocalCustomer, NewMerge, NewPreference
from commlog_tui.contract.delivery import NewMessageEvent
from commlog_tui.contract.entry import NewCorrection, NewEntry
from commlog_tui.contract.handover import NewHandover, NewTaking
from commlog_tui.contract.resend import NewCallOff, NewResend
from commlog_tui.contract.resolution import NewResolution
from commlog_tui.contract.task import NewTask, NewTaskChange

VERSION: Final = 1
"""Version of outbox items; those of 0.1.0 have none and count as this one.

Raise it when an item can hold what this version would send wrongly.
"""

DRAFT_FIELDS: Final = frozenset({"via", "to", "title", "body", "code", "reference", "customer", "direction", "when"})
"""What a draft may hold as typed."""

_MODELS: Final[dict[str, type[BaseModel]]] = {
    "entry": NewEntry,
    "correction": NewCorrection,
    "event": NewMessageEvent,
    "resolution": NewResolution,
    "task": NewTask,
    "task-change": NewTaskChange,
    "handover": NewHandover,
    "handover-taken": NewTaking,
    "contact": NewContact,
    "customer": NewLocalCustomer,
    "merge": NewMerge,
    "preference": NewPreference,
    "resend": NewResend,
    "call-off": NewCallOff,
}
_TITLES: Final = {
    "event": ("Delivery event", "kind"),
    "resolution": ("Ticked off", "note"),
    "task": ("Task", "words"),
    "task-change": ("Task", "change"),
    "handover": ("Handover", "words"),
    "handover-taken": ("Handover taken", "name"),
    "contact": ("Address corrected", "new"),
    "customer": ("New customer", "name"),
    "merge": ("Customers merged", "step"),
    "preference": ("Preference", "words"),
    "resend": ("Send again to", "to"),
    "call-off": ("Not to be sent again", "why"),
}
"""What an item is called, and the field that tells it from others."""

_WORDS: Final = {"action": frozenset(_MODELS), "state": frozenset({"draft", "waiting", "refused"})}


class NewerItemError(ValueError):
    """A newer version has saved this item."""


class OutboxItem(BaseModel):
    """One intent, from the first letter typed to the receipt."""

    model_config = ConfigDict(frozen=True)

    version: int = VERSION
    key: str = Field(default_factory=lambda: str(uuid4()))
    location: str
    """Empty where it was not known when this was saved; see ``client.completion``."""
    action: Literal[
        "entry", "correction", "event", "resolution", "task", "task-change", "handover", "handover-taken",
        "contact", "customer", "merge", "preference", "resend", "call-off",
    ] = "entry"  # fmt: skip
    entry_id: str | None = None
    """The entry that a correction, resolution, task, resend or call-off is of; else the task, handover, customer."""
    content: dict[str, Any]
    """What is to be recorded; of a draft, the fields as typed."""
    state: Literal["draft", "waiting", "refused"] = "waiting"
    reason: str | None = None
    """Why it was refused, as a sentence."""
    saved_at: Instant = Field(default_factory=lambda: datetime.now(UTC))
    person: str | None = None
    """Name that was given at the desk when this was saved."""

    def fields(self) -> dict[str, Any]:
        """Return what is written to disk; a name is absent where none was given, as before there were any."""
        return self.model_dump(exclude={"person"} if self.person is None else None)

    @property
    def title(self) -> str:
        """The title so far, or what an event reports; that of a correction begins with the word."""
        if self.action in _TITLES:
            name, field = _TITLES[self.action]
            return ": ".join(filter(None, (name, str(self.content.get(field) or ""))))
        fields = self.content.get("fields") or self.content.get("changes") or self.content
        title = str(fields.get("title") or "")
        return ": ".join(filter(None, ("Correction", title))) if self.action == "correction" else title


def read_item(raw: bytes) -> OutboxItem:
    """Return the item that a file holds.

    Raises:
        NewerItemError: its version, its action, its state or one of its fields is unknown here.
            Sent or saved again by this version, it would lose what it says.
        ValueError: it holds no item.
        RecursionError: it is nested too deeply to be one.
    """
    fields = json.loads(raw)
    if isinstance(fields, dict) and _is_newer(fields):
        raise NewerItemError
    return OutboxItem.model_validate(fields)


def _is_newer(fields: dict[str, Any]) -> bool:
    if fields.get("version", VERSION) != VERSION or fields.keys() - OutboxItem.model_fields.keys():
        return True
    if any(isinstance(word := fields.get(name), str) and word not in words for name, words in _WORDS.items()):
        return True
    content = fields.get("content")
    if not isinstance(content, dict):
        return False
    if fields.get("state") == "draft":
        typed = content.get("fields")
        return isinstance(typed, dict) and bool(typed.keys() - DRAFT_FIELDS or content.keys() - {"fields", "customer"})
    return _has_unknown_fields(_MODELS.get(str(fields.get("action")), NewEntry), content)


def _has_unknown_fields(model: type[BaseModel], content: dict[str, Any]) -> bool:
    try:
        model.model_validate(content)
    except ValidationError as error:
        faults = {fault["type"] for fault in error.errors(include_url=False, include_context=False)}
        return "extra_forbidden" in faults and "missing" not in faults
    return False
