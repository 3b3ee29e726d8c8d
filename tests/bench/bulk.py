"""``python -m tests.bench.bulk FILE [--size N]``: fills a log of any size, by the core of the append path.

Workers make entries and decide on them in batches of thousands; this process writes what they
decided, in order of the key, without a sync. The bytes are those that ``append`` writes for the
same entries in the same order, with their instants and salts: a test compares both.
"""

import argparse
import pickle
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Final, TypeVar

import apsw

from commlog_tui.contract.regions import region_of_zone
from commlog_tui.ledger.record import decode_public
from commlog_tui.records.decide import Decision, Head, Known, NewRecord, decide
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.kinds import KINDS
from commlog_tui.records.record import Record
from commlog_tui.records.request import Request
from commlog_tui.store.sqlite.access import create_location
from commlog_tui.store.sqlite.append import apply, insert
from commlog_tui.store.sqlite.connection import connect
from commlog_tui.store.sqlite.place import Place
from tests.bench.large_log import SEED, entries, locations, volumes

Made = TypeVar("Made")
FlatRecord = tuple[int, str, str, int, bytes, bytes, bytes, bytes, object]
AT_ONCE: Final = 4_000
ACTOR: Final = "booking system"
_RECORDED_AFTER: Final = timedelta(seconds=1)
_CACHE_KIB: Final = 512 << 10
_TELL_EVERY: Final = 10.0


@dataclass(frozen=True, slots=True)
class Share:
    """What one worker makes: locations by rank, with their numbers of entries."""

    ranks: tuple[tuple[int, int], ...]
    seed: int


def instants(items: Sequence[AppendEntry]) -> Iterator[datetime]:
    """Yield when each record of entries is recorded: a second after it happened."""
    for item in items:
        yield item.entry.sent_at + _RECORDED_AFTER
        for event in item.entry.events:
            yield event.at + _RECORDED_AFTER


def salts(rank: int, seed: int = SEED) -> Random:
    """Return the source of a location's salts."""
    return Random(f"salts of {seed}/{rank}")


def batches(share: Share, at_once: int) -> Iterator[tuple[int, list[AppendEntry]]]:
    """Yield the entries of a share in batches of one location, with its rank."""
    for rank, count in share.ranks:
        made = entries(rank, count, share.seed)
        while batch := list(islice(made, at_once)):
            yield rank, batch


def decisions(share: Share, at_once: int) -> Iterator[tuple[int, Decision]]:
    """Yield what is to be written for each batch of a share; its locations are empty."""
    known, rng = Known("", Head(), {}, {}), Random()
    for rank, batch in batches(share, at_once):
        location = locations()[rank - 1]
        if known.location != location.id:
            region, rng = region_of_zone(location.zone), salts(rank, share.seed)
            known = Known(location.id, Head(), {}, {}, {}, region)
        decision = decide(known, Request(batch), ACTOR, instants(batch).__next__, rng.randbytes)
        known = replace(known, head=decision.head)
        yield rank, decision


def in_turns(sources: Iterable[Iterator[Made]]) -> Iterator[Made]:
    """Yield from each source in turn, as long as it lasts: the order is the same in every run."""
    left = list(sources)
    while left:
        for source in list(left):
            for one in islice(source, 1):
                yield one
                break
            else:
                left.remove(source)


def fill(path: Path, size: int, seed: int = SEED, workers: int = 2, at_once: int = AT_ONCE) -> None:
    """Fill a log that is not there yet. Prints how far it is on standard error."""
    counts = list(enumerate(volumes(size), 1))
    with closing(connect(path)) as connection:
        connection.pragma("synchronous", "off")
        connection.pragma("cache_size", -_CACHE_KIB)
        for location in locations():
            create_location(connection, location)
        context = get_context("spawn")
        pipes, processes = [], []
        for share in shares(counts, seed, workers):
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_decide, args=(share, at_once, sender), daemon=True)
            process.start()
            sender.close()
            pipes.append(receiver)
            processes.append(process)
        _write(connection, pipes, size)
        for process in processes:
            process.join()


def shares(counts: Sequence[tuple[int, int]], seed: int, workers: int) -> list[Share]:
    """Return one share for each worker, with about as many entries each."""
    ranks: list[list[tuple[int, int]]] = [[] for _ in range(workers)]
    for rank, count in counts:
        min(ranks, key=lambda share: sum(one for _, one in share)).append((rank, count))
    return [Share(tuple(share), seed) for share in ranks]


def _decide(share: Share, at_once: int, sender: Connection) -> None:
    """Decide on a share, and send what is to be written."""
    with closing(sender):
        for rank, decision in decisions(share, at_once):
            sender.send_bytes(pickle.dumps((rank, *_flat(decision)), pickle.HIGHEST_PROTOCOL))


def _flat(decision: Decision) -> tuple[Decision, list[FlatRecord]]:
    """Return a decision with its records apart, as they are sent in a third of the time."""
    rows = [
        (new.seq, new.id, new.kind, new.root, new.public, new.salt, new.personal, new.leaf, new.record.content)
        for new in decision.records
    ]
    return replace(decision, answers=[], records=[]), rows


def _whole(row: FlatRecord) -> NewRecord:
    seq, record_id, kind, root, public, salt, personal, leaf, content = row
    record = Record(public, decode_public(public), personal, leaf, content)
    return NewRecord(seq, record_id, kind, root, public, salt, personal, leaf, record)


def _received(pipe: Connection) -> Iterator[tuple[int, Decision]]:
    """Yield what a worker sends."""
    with suppress(EOFError):
        while True:
            rank, decision, rows = pickle.loads(pipe.recv_bytes())  # noqa: S301 - from our own workers
            yield rank, replace(decision, records=[_whole(row) for row in rows])


def _write(connection: apsw.Connection, pipes: list[Connection], size: int) -> None:
    begun, cpu, done = perf_counter(), process_time(), 0
    told = begun
    names = [location.id for location in locations()]
    for rank, decision in in_turns(map(_received, pipes)):
        place = Place.find(connection, names[rank - 1])
        with connection:
            insert(connection, place, decision.records)
            apply(connection, place, decision, KINDS)
        done += sum(new.kind == "entry" for new in decision.records)
        if perf_counter() > told + _TELL_EVERY:
            told = perf_counter()
            sys.stderr.write(f"{done:,} of {size:,} entries, {done / (told - begun):,.0f} a second\n")
    rate, writing = size / (perf_counter() - begun), (process_time() - cpu) / size * 1e6
    sys.stderr.write(f"{rate:,.0f} a second; writer: {writing:.0f} us of processor time an entry\n")


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bulk", description="Fills a log.")
    parser.add_argument("file", type=Path, help="the log, which is not there yet")
    parser.add_argument("--size", type=int, default=10_000_000, help="entries (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    fill(options.file, options.size, options.seed, options.workers)


if __name__ == "__main__":
    main()
