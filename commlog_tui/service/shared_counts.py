"""What the processes of one service count together: costs for rate limits, and open feeds.

The counts are in memory that the processes inherit, under a lock of the operating system, which
frees it when its holder is killed. POSIX only, as are several processes on one socket.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import blake2b
from math import ceil
from mmap import mmap
from pathlib import Path
from tempfile import mkstemp
from time import monotonic
from typing import Final
from weakref import finalize

from typing_extensions import override

from commlog_tui.operating_system import locked
from commlog_tui.service.limits import MOST_DEBT, Limiter, Limits, Streams, Window

_SLOT: Final = struct.Struct("=8sqq")
"""Of a key: its hash, the number of the window in which it was counted last, and its cost."""
_SLOTS: Final = 16_384
_PROBES: Final = 32
"""Slots among which a key has its own; where all are taken, the one with the least cost gives way."""
_STREAM: Final = struct.Struct("=8sq")


class SharedMemory:
    """Memory and lock that forked processes share."""

    def __init__(self, size: int) -> None:
        self.bytes = mmap(-1, size)
        self._lock, name = mkstemp()
        Path(name).unlink()
        finalize(self, os.close, self._lock)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep the other processes out."""
        with locked(self._lock):
            yield


class SharedWindow(Window):
    """A ``Window`` whose costs all processes count together."""

    @override
    def __init__(self, most: int, seconds: int, memory: SharedMemory, name: str) -> None:
        super().__init__(most, seconds)
        self._memory, self._name = memory, name.encode()

    @override
    def count(self, key: str, cost: int = 1) -> None:
        """Count one, or something that costs as much as several."""
        if self._most:
            with self._memory.locked():
                at, digest, window, used = self._find(key)
                used = min(used + cost, self._most * (1 + MOST_DEBT))
                _SLOT.pack_into(self._memory.bytes, at, digest, window, used)

    @override
    def wait(self, key: str) -> int:
        """Return the whole seconds until there is room for one more; 0 if there is."""
        if not self._most:
            return 0
        with self._memory.locked():
            used = self._find(key)[3]
        if used < self._most:
            return 0
        left = self._seconds - monotonic() % self._seconds
        return ceil(left) + self._seconds * (used // self._most - 1)

    def _find(self, key: str) -> tuple[int, bytes, int, int]:
        """Return the position, hash, present window and cost of a key's slot."""
        digest = blake2b(self._name + b"\0" + key.encode(errors="replace"), digest_size=8).digest()
        now = int(monotonic() // self._seconds)
        first, least = int.from_bytes(digest[:4], "big"), None
        for step in range(_PROBES):
            at = (first + step) % _SLOTS * _SLOT.size
            stored, window, used = _SLOT.unpack_from(self._memory.bytes, at)
            left = max(used - self._most * (now - window), 0) if stored == digest else used
            if stored == digest:
                return at, digest, now, left
            age = -1 if stored == bytes(8) or now - window > MOST_DEBT + 1 else used
            if least is None or age < least[0]:
                least = age, at
        return (least[1] if least else 0), digest, now, 0


class SharedStreams(Streams):
    """Open feeds, of which every process counts its own in a part of the memory."""

    @override
    def __init__(self, memory: SharedMemory, start: int, slots: int, workers: int) -> None:
        """Count in a part of so many slots for each of the processes, behind ``start``."""
        super().__init__()
        self._memory, self._start, self._slots, self._size = memory, start, slots, slots * workers * _STREAM.size
        self._own = start

    def begin(self, worker: int) -> None:
        """Count as this process from now on, forgetting what one before it has left open."""
        self._own = self._start + worker * self._slots * _STREAM.size
        with self._memory.locked():
            self._memory.bytes[self._own : self._own + self._slots * _STREAM.size] = bytes(self._slots * _STREAM.size)

    @override
    def enter(self, token: str, share: int, most: int) -> bool | None:
        """Count a feed of a token. None if the service has too many, false if the token has."""
        digest = _digest(token)
        with self._memory.locked():
            counts = list(_STREAM.iter_unpack(self._memory.bytes[self._start : self._start + self._size]))
            if sum(count for _, count in counts) >= most:
                return None
            if token and sum(count for stored, count in counts if stored == digest) >= share:
                return False
            self._add(digest, 1)
        return True

    @override
    def leave(self, token: str) -> None:
        """Stop counting a feed of a token."""
        with self._memory.locked():
            self._add(_digest(token), -1)

    def _add(self, digest: bytes, change: int) -> None:
        free = None
        for slot in range(self._slots):
            at = self._own + slot * _STREAM.size
            stored, count = _STREAM.unpack_from(self._memory.bytes, at)
            if stored == digest and count:
                _STREAM.pack_into(self._memory.bytes, at, digest, count + change)
                return
            free = at if free is None and not count else free
        if free is not None and change > 0:
            _STREAM.pack_into(self._memory.bytes, free, digest, change)


class SharedLimits:
    """Limits of a service of several processes, made before they are forked."""

    def __init__(self, limits: Limits, workers: int) -> None:
        table = _SLOTS * _SLOT.size
        self._limits = limits
        self._memory = SharedMemory(table + limits.all_streams * workers * _STREAM.size)
        self._streams = SharedStreams(self._memory, table, limits.all_streams, workers)
        self._workers = workers

    @property
    def own(self) -> Limits:
        """The limits of one process: connections, and bodies under way, are divided."""
        share = -(-self._limits.connections // self._workers)
        by_address = -(-self._limits.connections_per_address // self._workers)
        body = max(self._limits.body_mebibytes // self._workers, 1)
        return replace(self._limits, connections=share, connections_per_address=by_address, body_mebibytes=body)

    def limiter(self, worker: int) -> Limiter:
        """Return the limiter of one process, called in it."""
        self._streams.begin(worker)
        return Limiter(self._limits, self._window, self._streams)

    def _window(self, most: int, seconds: int, name: str) -> Window:
        return SharedWindow(most, seconds, self._memory, name)


def _digest(token: str) -> bytes:
    return blake2b(token.encode(errors="replace"), digest_size=8).digest()
