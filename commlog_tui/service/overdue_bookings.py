"""The bookings of one location that wait for messages, in memory, and those to be read again."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from commlog_tui.contract.booking import code_form
from commlog_tui.expectations.gathering import booking_of
from commlog_tui.expectations.overdue import Waiting, waiting_of
from commlog_tui.expectations.rules import Rule
from commlog_tui.store.rows import BookingRow, FeedRow, RecordRow

_WAITING: Final = frozenset({"scheduled", "queued"})
_NAMING_KINDS: Final = frozenset({"run", "run-status", "resolution", "redaction"})
"""Kinds whose records can be about a booking without being about an entry."""
_FORGET_EVERY: Final = timedelta(minutes=10)


class Name(NamedTuple):
    """Reference and code of a booking, as far as a record says them."""

    reference: str | None
    code: str | None

    @property
    def key(self) -> str:
        """What tells one booking from another: its reference, or its code."""
        return self.reference or _code_key(self.code or "")


def _code_key(code: str) -> str:
    return f"code {code_form(code)}"


def names_nothing(row: FeedRow) -> bool:
    """Whether a record may be about a booking that its row in the feed does not name."""
    return row.entry is None and row.kind in _NAMING_KINDS


class WaitingBookings:
    """What bookings of one location wait for. Holds at most ``most`` bookings."""

    def __init__(self, rules: Sequence[Rule], zone: ZoneInfo, most: int) -> None:
        self.rules = tuple(rules)
        self.zone = zone
        self.is_full = False
        """Whether a booking had to be left out."""
        self._most = most
        self._waiting: dict[str, Waiting] = {}
        self._entries: dict[str, tuple[int, ...]] = {}
        """Positions of the entries of each."""
        self._of_entry: dict[int, str] = {}
        self._of_run: dict[str, Name] = {}
        self._changed: dict[Name, None] = {}
        self._forgot_at = datetime.min.replace(tzinfo=UTC)
        self._bare_codes: set[str] = set()
        """Codes that records name without a reference."""
        self._old: set[str] = set()
        """Bookings that were read because of an old record."""

    @property
    def waiting(self) -> Sequence[Waiting]:
        """What is waited for, in no particular order."""
        return tuple(self._waiting.values())

    @property
    def next_changed(self) -> Name | None:
        """A booking that is to be read again."""
        return next(iter(self._changed), None)

    def names_by_code(self, found: BookingRow) -> bool:
        """Whether records name this booking by its code alone, which its reference does not find."""
        return found.code is not None and _code_key(found.code) in self._bare_codes

    def count_as_read(self, name: Name) -> None:
        """Note that a booking was read again."""
        self._changed.pop(name, None)

    def mark(self, row: FeedRow) -> None:
        """Have the bookings that a new record is about read again."""
        entry = row.entry
        if entry is None:
            return
        held = self._of_entry.get(entry.seq)
        if held is not None:  # its entry may name another booking now, or none
            found = self._waiting[held]
            self._changed[Name(found.reference, found.code)] = None
        elif row.kind == "event" and entry.status not in _WAITING:
            return  # the booking waits for nothing, and an event that says it was sent adds nothing
        self._add(Name(entry.reference, entry.code))

    def mark_old(self, row: FeedRow, since: datetime, *, is_recent: bool) -> None:
        """Have the booking of an old record read, once, if it is recent or has a start since then."""
        entry = row.entry
        if entry is not None:
            self._note_code(Name(entry.reference, entry.code))
        if entry is not None and (is_recent or (entry.starts_at is not None and entry.starts_at >= since)):
            name = Name(entry.reference, entry.code)
            if name.key not in self._old:
                self._add(name)
                self._remember(name)

    def mark_record(self, record: RecordRow) -> None:
        """Have the booking read again that a record names which is about no entry."""
        public, personal = _fields(record.record), _fields(record.personal)
        name = Name(personal.get("reference"), personal.get("code"))
        run_id = str(public.get("about") or public.get("id"))
        if name != Name(None, None) and public.get("kind") in {"run", "run-status"}:
            if len(self._of_run) >= self._most:
                self._of_run.clear()
            self._of_run[run_id] = name
        self._add(name if name != Name(None, None) else self._of_run.get(run_id, name))

    def read(self, found: BookingRow, now: datetime) -> None:
        """Replace what is held about a booking by what is on record."""
        name = Name(found.reference, found.code)
        for key in {name.key, _code_key(name.code or "")}:
            self._drop(key)
        facts = booking_of(found.reference, found.code, found.details, found.runs, found.resolutions)
        waiting = waiting_of(facts, self.rules, self.zone)
        if waiting is None or waiting.listed_until < now:
            return
        if len(self._waiting) >= self._most and now - self._forgot_at >= _FORGET_EVERY:
            self._forgot_at = now
            self._forget_past(now)
        if len(self._waiting) >= self._most:
            self.is_full = True
            return
        self._waiting[name.key] = waiting
        self._entries[name.key] = tuple(detail.entry.seq for detail in found.details)
        self._of_entry |= dict.fromkeys(self._entries[name.key], name.key)

    def end_old(self) -> None:
        """Let go of what is needed only while old records are read."""
        self._old.clear()

    def _forget_past(self, now: datetime) -> None:
        """Let go of bookings of which nothing is listed any more."""
        for key in [key for key, one in self._waiting.items() if one.listed_until < now]:
            self._drop(key)

    def _add(self, name: Name) -> None:
        if name != Name(None, None):
            self._note_code(name)
            self._changed[name] = None

    def _note_code(self, name: Name) -> None:
        if name.reference is None and name.code is not None:
            if len(self._bare_codes) >= self._most:
                self._bare_codes.clear()
            self._bare_codes.add(name.key)

    def _remember(self, name: Name) -> None:
        if len(self._old) >= self._most:
            self._old.clear()
        self._old.add(name.key)

    def _drop(self, key: str) -> None:
        if self._waiting.pop(key, None) is not None:
            for seq in self._entries.pop(key):
                if self._of_entry.get(seq) == key:
                    del self._of_entry[seq]


def _fields(text: str | None) -> Mapping[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}
