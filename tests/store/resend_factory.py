"""Messages to send again, and attempts to send them, for the tests of the store."""

from datetime import datetime
from typing import Any
from uuid import UUID

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.contract.resend import NewResend, ResendState, Route
from commlog_tui.records.attempt import Attempt, Outcome
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.resend import AppendResend
from tests.store.factory import NOON, mail

TEXT = "Dear Ada, your boat leaves at ten."
MAIL = "ada@example.com"


def resend(number: int, about: AppendEntry | str, route: Route = Route.SMTP, **fields: Any) -> AppendResend:
    """Return a resend of an entry with a numbered id."""
    given = {"to": MAIL, "why": "typo", "by_hand": route is Route.BY_HAND} | fields
    entry_id = about if isinstance(about, str) else about.id
    return AppendResend(str(UUID(int=number)), entry_id, NewResend.model_validate(given), route, "quay.example")


def letter(number: int, **fields: Any) -> AppendEntry:
    """Return a mail with a numbered id, whose text was kept."""
    return mail(str(UUID(int=number)), **({"body": TEXT, "to": "ada@gmial.com"} | fields))


def begun(entry_id: str, attempt: int = 1, at: datetime = NOON, worker: str = "w") -> AppendEvent:
    """Return that an attempt begins."""
    return Attempt(entry_id, attempt, worker).begun(at)


def ended(entry_id: str, step: str, kind: str, attempt: int = 1, at: datetime = NOON, worker: str = "w") -> AppendEvent:
    """Return what became of an attempt."""
    outcome = Outcome(ResendState(step), DeliveryKind(kind), "250 OK", "250")
    return Attempt(entry_id, attempt, worker).ended(at, outcome)
