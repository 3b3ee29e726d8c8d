"""``python -m tests.bench.search LOG [LOCATION]``: searches and filters of a log, at the store.

The log is one that ``tests.bench.bulk`` filled, or any other: a file, or the URL of a database.
Queries of each sort are drawn from its own entries with a fixed seed; each is asked for as the
service asks, count and reasons included.
"""

import argparse
import asyncio
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from random import Random
from statistics import quantiles
from time import perf_counter, process_time
from typing import Any, Final

import apsw
from typing_extensions import override

from commlog_tui.contract.query import CustomerQuery, PageRequest
from commlog_tui.records.rows import EntryRow
from commlog_tui.store.opening import is_postgresql, open_store
from commlog_tui.store.protocol import Store
from commlog_tui.store.rows import PageRow
from commlog_tui.store.sqlite.directory import find_customers
from commlog_tui.store.sqlite.pages import Pager
from commlog_tui.store.sqlite.place import Place

_KEY: Final = b"0" * 32
_SAMPLE: Final = 400
_REPEATS: Final = 60
_DEEP: Final = 100
_PAGE: Final = 0.4, 0.8
"""Goals of p50 and p99 of pages without a search, in milliseconds."""
_TWO: Final = 15.0
_OF_TWO_SORTS: Final = {"title and name", "text and name"}
_LARGE: Final = 1_000_000
"""Entries of a location from which on the goals are those of ten million entries in all."""
Query = dict[str, Any]


class Log(ABC):
    """One location of a log."""

    @abstractmethod
    def page(self, **query: Any) -> PageRow:
        """Return a page."""

    @abstractmethod
    def customers(self, q: str) -> None:
        """Find customers."""

    def sample(self) -> list[EntryRow]:
        """Return entries of all times."""
        newest, oldest = self.page(limit=1), self.page(limit=1, cursor=self.page(limit=1).oldest)
        span = newest.entries[0].sent_at - oldest.entries[0].sent_at
        rng = Random(1)
        found: list[EntryRow] = []
        while len(found) < _SAMPLE:
            at = oldest.entries[0].sent_at + timedelta(seconds=rng.random() * span.total_seconds())
            found += self.page(limit=5, at=at).entries
        return found


class FileLog(Log):
    """A location of a file."""

    def __init__(self, connection: apsw.Connection, location: str) -> None:
        self._connection = connection
        self._place = Place.find(connection, location)

    @override
    def page(self, **query: Any) -> PageRow:
        """Return a page."""
        request = PageRequest.model_validate(query)
        self._connection.execute("BEGIN")
        try:
            return Pager(self._connection, self._place, request, _KEY).page()
        finally:
            self._connection.execute("ROLLBACK")

    @override
    def customers(self, q: str) -> None:
        """Find customers."""
        find_customers(self._connection, self._place, CustomerQuery(q=q))


class DatabaseLog(Log):
    """A location of a database of PostgreSQL."""

    def __init__(self, store: Store, loop: asyncio.AbstractEventLoop, location: str) -> None:
        self._store, self._loop, self._location = store, loop, location

    @override
    def page(self, **query: Any) -> PageRow:
        """Return a page."""
        return self._loop.run_until_complete(self._store.page(self._location, PageRequest.model_validate(query)))

    @override
    def customers(self, q: str) -> None:
        """Find customers."""
        self._loop.run_until_complete(self._store.customers(self._location, CustomerQuery(q=q)))


@contextmanager
def opened(log: str, location: str) -> Iterator[Log]:
    """Open a location of a file for reading, or of a database."""
    if is_postgresql(log):
        with asyncio.Runner() as runner:
            store = open_store(log, create=False)
            yield DatabaseLog(store, runner.get_loop(), location)
            runner.run(store.close())
        return
    with closing(apsw.Connection(log, flags=apsw.SQLITE_OPEN_READONLY, statementcachesize=300)) as connection:
        connection.pragma("cache_size", -65_536)
        yield FileLog(connection, location)


def sorts(sample: list[EntryRow]) -> Iterator[tuple[str, Callable[[EntryRow], Query | None]]]:
    """Yield each sort of query, with how it is made of an entry."""
    newest = max(entry.sent_at for entry in sample)
    week, year = newest - timedelta(days=7), newest - timedelta(days=730)
    yield "newest page", lambda _: {}
    yield "channel", lambda entry: {"via": [entry.via]}
    yield "status", lambda entry: {"status": [entry.status]}
    yield "source", lambda entry: {"source": entry.source}
    yield "kind", lambda entry: {"kind": entry.kind} if entry.kind else None
    yield "source and status", lambda entry: {"source": entry.source, "status": [entry.status]}
    yield "source and status that are never together", lambda _: {"source": "manual", "status": ["bounced"]}
    yield "channel and source", lambda entry: {"via": [entry.via], "source": entry.source}
    yield "to", lambda entry: {"to": entry.to}
    yield "customer", lambda entry: {"customer_id": entry.customer.id} if entry.customer else None
    yield "reference", lambda entry: {"reference": entry.reference} if entry.reference else None
    yield "7 days", lambda _: {"since": week}
    yield "7 days and status", lambda entry: {"since": week, "status": [entry.status]}
    yield "a date two years back", lambda _: {"at": year}
    yield "full number", lambda entry: {"q": entry.to} if "@" not in entry.to and entry.to else None
    yield "last six digits", lambda entry: {"q": entry.to[-6:]} if "@" not in entry.to and entry.to else None
    yield "fragment of an address", lambda entry: {"q": entry.to[:11]} if "@" in entry.to else None
    yield "whole address", lambda entry: {"q": entry.to} if "@" in entry.to else None
    yield "name, two words", lambda entry: _named(entry, lambda name: name)
    yield "first name", lambda entry: _named(entry, lambda name: name.split()[0])
    yield "misspelt name", lambda entry: _named(entry, lambda name: f"{name[:2]}q{name[3:]}")
    yield "code", lambda entry: {"q": entry.code} if entry.code else None
    yield "start of a code", lambda entry: {"q": entry.code[:5]} if entry.code else None
    yield "start of a reference", lambda entry: {"q": entry.reference[:8]} if entry.reference else None
    yield "title words", lambda entry: {"q": entry.title}
    yield "word of a title", lambda entry: {"q": entry.title.split()[0]}
    yield "words of a text", lambda entry: {"q": " ".join(entry.body.split()[:2])} if entry.body else None
    yield "title and name", lambda entry: _named(entry, lambda name: f"{entry.title.split()[0]} {name.split()[0]}")
    yield "text and name", _text_and_name
    yield "nothing", lambda _: {"q": "zzqqxx"}
    yield "a known word and nothing", lambda entry: {"q": f"{entry.title.split()[0]} zzqqxx"}
    yield "no such number", lambda _: {"q": "07700 111222"}
    yield "one character", lambda entry: {"q": entry.title[0]}
    yield "dense: a domain", lambda entry: {"q": entry.to.partition("@")[2]} if "@" in entry.to else None


def _named(entry: EntryRow, words: Callable[[str], str]) -> Query | None:
    return {"q": words(entry.customer.name)} if entry.customer and entry.customer.name else None


def _text_and_name(entry: EntryRow) -> Query | None:
    if not (entry.body and entry.customer and entry.customer.name):
        return None
    return {"q": f"{entry.body.split()[0]} {entry.customer.name.split()[0]}"}


def main() -> None:
    """Print a table: each sort with its median, its 99th percentile and the rows found."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.search", description="Measures search and filters.")
    parser.add_argument("log", help="a file, or the URL of a database")
    parser.add_argument("location", nargs="?", default="location-001")
    parser.add_argument("--cpu", action="store_true", help="processor time, for a machine that is busy")
    parser.add_argument("--only", default="", help="part of the name of a sort")
    options = parser.parse_args()
    clock = process_time if options.cpu else perf_counter
    with opened(options.log, options.location) as log:
        sample = log.sample()
        total = log.page(limit=1).total.count
        goals = (7.0, 50.0) if total > _LARGE else (5.0, 30.0)
        sys.stdout.write(f"{total:,} entries\n{'':42}{'p50 ms':>8}{'p99 ms':>8}{'rows':>6}  met (goals)\n")
        for name, made in sorts(sample):
            queries = [query for entry in sample if (query := made(entry)) is not None][:_REPEATS]
            if queries and options.only in name:
                goal = _PAGE if "q" not in queries[0] else (_TWO, goals[1]) if name in _OF_TWO_SORTS else goals
                _measure(name, log.page, queries, clock, goal)
                if not {"q", "at"} & queries[0].keys():
                    _measure(f"  page {_DEEP}", log.page, list(_deep(log, queries[:5])), clock, _PAGE)
        names = [entry.customer.name for entry in sample if entry.customer and entry.customer.name][:_REPEATS]
        _measure("customers by name", log.customers, [{"q": name} for name in names], clock, goals)
        numbers = [entry.to[-6:] for entry in sample if "@" not in entry.to][:_REPEATS]
        _measure("customers by digits", log.customers, [{"q": digits} for digits in numbers], clock, goals)


def _deep(log: Log, queries: list[Query]) -> Iterator[Query]:
    """Yield queries for a page that is far from the newest."""
    for query in queries:
        cursor = None
        for _ in range(_DEEP):
            page = log.page(**query, cursor=cursor) if cursor else log.page(**query)
            if page.older is None:
                break
            cursor = page.older
        if cursor:
            yield {**{name: value for name, value in query.items() if name != "at"}, "cursor": cursor}


def _measure(
    name: str, work: Callable[..., Any], queries: list[Query], clock: Callable[[], float], goal: tuple[float, float]
) -> None:
    times, rows = [], 0
    for query in queries:
        begun = clock()
        found = work(**query)
        times.append((clock() - begun) * 1000)
        rows = max(rows, len(found.entries) if found is not None else 0)
    if len(times) > 1:
        cuts = quantiles(times, n=100, method="inclusive")
        met = "yes" if cuts[49] <= goal[0] and cuts[98] <= goal[1] else "no"
        sys.stdout.write(f"{name:42}{cuts[49]:8.2f}{cuts[98]:8.2f}{rows:6}  {met} ({goal[0]:g}, {goal[1]:g})\n")


if __name__ == "__main__":
    main()
