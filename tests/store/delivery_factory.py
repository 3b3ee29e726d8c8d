"""Events by message, reports of runs and resolutions, for the tests of the store."""

from typing import Any
from uuid import uuid4

from commlog_tui.contract.delivery import EventChannel, NewEvent, NewMessage
from commlog_tui.contract.resolution import NewResolution
from commlog_tui.contract.run import NewRun
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.resolution import AppendResolution
from commlog_tui.records.run import AppendRun
from tests.store.factory import NOON, minutes


def by_message(message: str, kind: str, **fields: Any) -> AppendEvent:
    """A delivery event of a provider's message."""
    event = NewEvent.model_validate({"kind": kind, "at": NOON} | fields)
    return AppendEvent(None, None, event, NewMessage(provider="mail", id=message), EventChannel.SIGNED_WEBHOOK)


def run_report(execution: str, status: str, at: int = 0, **fields: Any) -> AppendRun:
    """A report of a workflow run, some minutes after noon."""
    report = {"execution": execution, "workflow": "Reminder", "status": status, "at": NOON + minutes(at)}
    return AppendRun(NewRun.model_validate(report | fields))


def resolution(record_id: str | None = None, **fields: Any) -> AppendResolution:
    """A resolution."""
    return AppendResolution(record_id or str(uuid4()), NewResolution.model_validate(fields))
