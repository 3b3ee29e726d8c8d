"""``commlog import --dry-run``: what an import would record, without a service."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from commlog_tui.contract.entry import NewEntry
    from commlog_tui.imports.items import Item, Outcome

ROWS: Final = 5
"""Entries that are shown as they would be recorded."""
REFUSALS: Final = 20
_BODY: Final = 70
_UNKNOWN: Final = "its recipient is neither an address nor a number; kept as it is, found by the whole of it"


@dataclass
class Preview:
    """Counts and first entries of a file, without asking whether the log has them already."""

    entries: int = 0
    events: int = 0
    again: int = 0
    """Rows of an entry that a row before them has made."""
    refused: int = 0
    first: "list[Item]" = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    channels: Counter[str] = field(default_factory=Counter)
    warnings: dict[str, list[str]] = field(default_factory=dict)
    """What to look at, and the rows that it is about: the first few, and how many there are."""
    counts: Counter[str] = field(default_factory=Counter)
    earliest: datetime | None = None
    latest: datetime | None = None
    _keys: set[int] = field(default_factory=set)

    def count(self, outcomes: "Iterable[Outcome]") -> None:
        """Go through what a reader gives.

        Raises:
            OSError: the file cannot be read.
        """
        from commlog_tui.imports.items import Refusal, name_of

        for outcome in outcomes:
            if isinstance(outcome, Refusal):
                self.refused += 1
                if len(self.reasons) < REFUSALS:
                    self.reasons.append(f"{name_of(outcome)}: {outcome.reason}")
                continue
            self._count(outcome)

    def _count(self, item: "Item") -> None:
        from commlog_tui.contract.addresses import contact_form

        entry = item.entry
        self.events += len(entry.events)
        known = hash(item.key)
        if known in self._keys:
            self.again += 1
            return
        self._keys.add(known)
        self.entries += 1
        self.channels[f"{entry.via} {entry.direction.value}"] += 1
        self.earliest = min(self.earliest or entry.sent_at, entry.sent_at)
        self.latest = max(self.latest or entry.sent_at, entry.sent_at)
        if len(self.first) < ROWS:
            self.first.append(item)
        if entry.to and contact_form(entry.to, None) is None:
            self.warn(item, _UNKNOWN)

    def warn(self, item: "Item", words: str) -> None:
        """Count a warning about an entry."""
        from commlog_tui.imports.items import name_of

        self.counts[words] += 1
        if self.counts[words] <= ROWS:
            self.warnings.setdefault(words, []).append(name_of(item))

    def summary(self) -> str:
        """Return the counts in a sentence or two."""
        channels = ", ".join(f"{count:,} {name}" for name, count in sorted(self.channels.items()))
        days = ""
        if self.earliest and self.latest:
            first, last = f"{self.earliest:%Y-%m-%d}", f"{self.latest:%Y-%m-%d}"
            days = f" of {first}" if first == last else f" of {first} to {last}"
        entries = (
            f"{self.entries:,} "
            f"{'entry' if self.entries == 1 else 'entries'}{days}{f' ({channels})' if channels else ''}"
        )
        again = f", {self.again:,} more of the same entries" if self.again else ""
        return f"{entries} with {self.events:,} delivery events{again}; {self.refused:,} refused."

    def refusal_lines(self) -> list[str]:
        """Return the first reasons of refusals, and how many more there are."""
        more = self.refused - len(self.reasons)
        return [*(f"  {reason}" for reason in self.reasons), *([f"  and {more:,} more"] if more else [])]

    def warning_lines(self) -> list[str]:
        """Return each warning with the first rows that it is about."""
        lines = []
        for words, names in self.warnings.items():
            more = self.counts[words] - len(names)
            count = "1 entry" if self.counts[words] == 1 else f"{self.counts[words]:,} entries"
            lines.append(f"  {count}: {words} ({', '.join(names)}{f' and {more:,} more' if more else ''})")
        return lines


def entry_lines(item: "Item", zone: ZoneInfo | None) -> list[str]:
    """Return an entry as it would be recorded, a field a line."""
    from commlog_tui.imports.items import name_of

    entry = item.entry
    rows = [
        ("sent", _moment(entry.sent_at, zone)),
        ("via", f"{entry.via}, {entry.direction.value}, {entry.source.value}"),
        ("to", entry.to or "nobody"),
        ("title", entry.title),
        *_optional(entry),
        *(("event", f"{event.kind.value} {_moment(event.at, zone)}") for event in entry.events),
        ("key", item.key),
    ]
    return [name_of(item), *(f"  {name:<10}{value}" for name, value in rows)]


def _optional(entry: "NewEntry") -> list[tuple[str, str]]:
    customer = entry.customer
    contacts: Sequence[str] = (*customer.addresses, *customer.numbers) if customer else ()
    who = ", ".join(filter(None, (customer.id, customer.name, *contacts))) if customer else None
    body = " ".join((entry.body or "").split())
    rows = [("code", entry.code), ("reference", entry.reference), ("customer", who)]
    rows.append(
        ("notes", body if len(body) <= _BODY else f"{body[: _BODY - 1]}… ({len(entry.body or ''):,} characters)")
    )
    return [(name, value) for name, value in rows if value]


def _moment(moment: datetime, zone: ZoneInfo | None) -> str:
    utc = moment.astimezone(UTC)
    if zone is None:
        return f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    return f"{utc.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}, which is {utc:%Y-%m-%d %H:%M:%S} UTC"
