"""Kinds ``run`` and ``run-status``: what reports about a workflow run say, the first and the later ones.

Reports may come in any order; the run's state is what the report of the latest instant says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.identity import id_of_run, id_of_run_status, namespaced_id
from commlog_tui.contract.run import NewRun
from commlog_tui.records.changes import Change, RunChanged
from commlog_tui.records.instants import instant, micros, optional_instant, optional_micros
from commlog_tui.records.kind import Kind, Lookup, root_id, stated
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import RunRow, RunStepRow

REDACTED_WORKFLOW: Final = "Redacted"


@dataclass(frozen=True, slots=True)
class AppendRun:
    """A report about a run to record. The log finds out whether the run is there already."""

    kind: ClassVar[str] = "run"
    about: ClassVar[str | None] = None

    run: NewRun

    @property
    def id(self) -> str | None:
        """Id of the run."""
        return id_of_run(self.run.execution)


@dataclass(frozen=True, slots=True)
class AppendRunStatus:
    """A later report about a run. The log makes it from a report about a run that is there."""

    kind: ClassVar[str] = "run-status"

    about: str | None
    run: NewRun

    @property
    def id(self) -> str | None:
        """Id that its content stands for."""
        return id_of_run_status(self.run)


def run_row(thread: Thread) -> RunRow:
    """Return a run as the log answers it."""
    reports = _in_order(thread)
    root, last = thread.root, reports[-1]
    known = [one for one in (report.fields() for report in reports) if one]
    fields = {name: value for one in known for name, value in one.items()}
    starts = [report.public.starts_at for report in reports if report.public.starts_at is not None]
    return RunRow(
        id=root.public.id,
        location=root.public.location,
        seq=root.public.seq,
        execution=fields.get("execution", ""),
        workflow=fields.get("workflow", REDACTED_WORKFLOW),
        trigger=fields.get("trigger"),
        status=last.public.status,
        at=instant(last.public.at),
        began_at=instant(reports[0].public.at),
        steps=tuple(_step_row(step) for step in fields.get("steps", ())),
        error=fields.get("error"),
        reference=fields.get("reference"),
        code=fields.get("code"),
        starts_at=optional_instant(starts[-1] if starts else None),
        actor=root.public.actor,
        recorded_at=instant(root.public.recorded_at),
        redacted=root.personal is None,
    )


def _in_order(thread: Thread) -> list[Record]:
    """Return the reports in the order of the instants they report."""
    reports: Sequence[Record] = (thread.root, *thread.of_kind("run-status"))
    return sorted(reports, key=lambda record: (record.public.at, record.seq))


def _step_row(step: dict[str, Any]) -> RunStepRow:
    return RunStepRow(step["name"], step["status"], optional_instant(step.get("at")), step.get("detail"))


def _split(item: AppendRun, _thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"kind": "run"} | _public(item.run), _personal(item.run)


def _split_status(item: AppendRunStatus, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    public = {"kind": "run-status", "about": root_id(item, thread)} | _public(item.run)
    return public, {} if thread is not None and thread.is_redacted else _personal(item.run)


def _public(run: NewRun) -> dict[str, Any]:
    return {"status": run.status.value, "at": micros(run.at)} | stated(starts_at=optional_micros(run.starts_at))


def _personal(run: NewRun) -> dict[str, Any]:
    steps = [
        {"name": step.name, "status": step.status} | stated(at=optional_micros(step.at), detail=step.detail)
        for step in run.steps
    ]
    personal = {"execution": run.execution, "workflow": run.workflow} | stated(
        trigger=run.trigger, error=run.error, reference=run.reference, code=run.code
    )
    return personal | {"steps": steps} if steps else personal


def _reads(item: AppendRun) -> tuple[str, ...]:
    ids = id_of_run(item.run.execution), id_of_run_status(item.run)
    return *ids, *(namespaced_id(record_id, manual=False) for record_id in ids)


def _find_run(item: AppendRun, log: Lookup) -> AppendRun | AppendRunStatus:
    """Return a later report if the run is there and its first report is another one."""
    run_id = id_of_run(item.run.execution)
    found = (log.thread(run_id), log.thread(namespaced_id(run_id, manual=False)))
    for thread in found:
        if thread is not None and thread.root.public.kind == "run":
            first = thread.root.public
            is_first = (first.status, first.at) == (item.run.status.value, micros(item.run.at))
            return item if is_first else AppendRunStatus(first.id, item.run)
    return item


def _is_same_report(item: AppendRun | AppendRunStatus, found: Record) -> bool:
    """Whether a record is of the same execution, status and instant.

    Workflow systems repeat a report with further steps.
    """
    public = found.public
    return public.kind == item.kind and (public.status, public.at) == (item.run.status.value, micros(item.run.at))


def _changes(record: Record, thread: Thread | None) -> tuple[Change, ...]:
    row = run_row(Thread(record) if thread is None else thread.with_record(record))
    return (RunChanged(row.seq, row.status, row.reference, row.code),)


def _redacted(thread: Thread) -> tuple[Change, ...]:
    return (RunChanged(thread.root.seq, run_row(thread).status, None, None),)


RUN: Final = Kind(
    "run",
    "workflow run",
    _split,
    is_manual=lambda _source: False,
    reads=_reads,
    find_root=_find_run,
    is_same=_is_same_report,
    changes=_changes,
    redacted=_redacted,
)
RUN_STATUS: Final = Kind(
    "run-status",
    "status of a workflow run",
    _split_status,
    about=frozenset({"run"}),
    is_manual=lambda _source: False,
    is_same=_is_same_report,
    changes=_changes,
)
