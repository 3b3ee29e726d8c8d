"""How much one caller may ask, and how much all together. What is refused here has changed nothing.

Counted by the monotonic clock in windows that all keys share: a clock set back locks nobody out,
and a window that ends takes what it counted with it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from time import monotonic
from typing import Final

from commlog_tui.service.problems import ProblemError
from commlog_tui.service.tokens import Caller

_WINDOW_SECONDS: Final = 5
"""Short, so that whoever has to wait can do so within one call."""
MOST_DEBT: Final = 2
"""Windows of requests that a key may use in advance, as costs are known only afterwards."""
_FREE_ITEMS: Final = 20
_FREE_ANSWER: Final = 64 << 10
_FAILURE_SECONDS: Final = 60
_STREAM_SECONDS: Final = 10
_NETWORK_BITS: Final = 64
"""What one subscriber is given of IPv6 at least (RFC 6177): single addresses are for the taking."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of a service. Far above what desks and imports need."""

    reads: int = 200
    """Requests a second for each token, averaged over five seconds; 0 for any number.

    Likewise ``writes``. Expensive requests count as several.
    """
    writes: int = 100
    failures: int = 60
    """Unknown tokens, a minute from one address."""
    probes: int = 20
    """Requests without a token a second from one address, over five seconds; 0 for any number."""
    streams: int = 32
    """Feeds open at once for each token."""
    all_streams: int = 256
    body_mebibytes: int = 64
    """Of bodies larger than 64 KiB, under way in all; one token may have three eighths of it."""
    connections: int = 512
    connections_per_address: int = 128
    """Connections for each IPv4 address or IPv6 /64; 0 for any number.

    The oldest idle one without a valid token is closed for a new one.
    """
    head_seconds: float = 30
    """From the connection, or from the answer before, to the end of a request's head."""
    body_seconds: float = 60
    answer_seconds: float = 30
    """For which a client may take nothing of what it is being sent."""


class Window:
    """Costs by key, begun anew every so many seconds. 0 at most stands for any number.

    What a key has used up beyond one window counts in the next ones, as far as the debt may go.
    """

    def __init__(self, most: int, seconds: int) -> None:
        self._most = most
        self._seconds = seconds
        self._counts: Counter[str] = Counter()
        self._end = 0.0

    def count(self, key: str, cost: int = 1) -> None:
        """Count one, or something that costs as much as several."""
        self._left()
        if self._most:
            self._counts[key] = min(self._counts[key] + cost, self._most * (1 + MOST_DEBT))

    def wait(self, key: str) -> int:
        """Return the whole seconds until there is room for one more; 0 if there is."""
        left = self._left()
        if not self._most or self._counts[key] < self._most:
            return 0
        return ceil(left) + self._seconds * (self._counts[key] // self._most - 1)

    def _left(self) -> float:
        """Return how long the window goes on, having begun another if it is over."""
        now = monotonic()
        if now >= self._end:
            paid = self._most * (1 + int((now - self._end) // self._seconds))
            self._counts = Counter({key: count - paid for key, count in self._counts.items() if count > paid})
            self._end = now + self._seconds
        return self._end - now


class Streams:
    """Open feeds by token."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def enter(self, token: str, share: int, most: int) -> bool | None:
        """Count a feed of a token. None if the service has too many, false if the token has."""
        if self._counts.total() >= most:
            return None
        if token and self._counts[token] >= share:
            return False
        self._counts[token] += 1
        return True

    def leave(self, token: str) -> None:
        """Stop counting a feed of a token."""
        self._counts[token] -= 1
        self._counts += Counter()  # drops what stands at none


class Limiter:
    """Rate limits of one service. Every method raises a problem with ``Retry-After``."""

    def __init__(
        self,
        limits: Limits,
        window: Callable[[int, int, str], Window] = lambda most, seconds, _: Window(most, seconds),
        streams: Streams | None = None,
    ) -> None:
        """Count in windows made by ``window``, given cost, seconds and name, and in ``streams``."""
        self._limits = limits
        self._reads = window(limits.reads * _WINDOW_SECONDS, _WINDOW_SECONDS, "reads")
        self._writes = window(limits.writes * _WINDOW_SECONDS, _WINDOW_SECONDS, "writes")
        self._failures = window(limits.failures, _FAILURE_SECONDS, "failures")
        self._probes = window(limits.probes * _WINDOW_SECONDS, _WINDOW_SECONDS, "probes")
        self._streams = streams or Streams()

    def admit(self, caller: Caller, method: str) -> None:
        """Count a request of a caller against the rate limit.

        The owner of an embedded service is exempt.
        """
        self.require_room(caller, method)
        self.charge(caller, method, 1)

    def require_room(self, caller: Caller, method: str) -> None:
        """Refuse a request of a token that has been used for too much."""
        if caller.token is not None and (seconds := self._window(method).wait(caller.token)):
            raise _later(429, "rate", "This token was used for too much at once. Nothing was changed.", seconds)

    def charge(self, caller: Caller, method: str, cost: int) -> None:
        """Count what a request costs."""
        if caller.token is not None and cost:
            self._window(method).count(caller.token, cost)

    def _window(self, method: str) -> Window:
        return self._reads if method == "GET" else self._writes

    def record_failure(self, host: str) -> None:
        """Record a failed authentication, or refuse it beyond the limit.

        Valid tokens are never counted here.
        """
        network = network_of(host)
        if seconds := self._failures.wait(network):
            words = "Too many tokens that are unknown or revoked came from this address. Nothing was changed."
            raise _later(429, "failures", words, seconds)
        self._failures.count(network)

    def admit_probe(self, host: str) -> None:
        """Count a request that needs no token, unless there were too many from its address."""
        network = network_of(host)
        if seconds := self._probes.wait(network):
            raise _later(429, "rate", "This address asked for too much at once. Nothing was changed.", seconds)
        self._probes.count(network)

    @contextmanager
    def stream(self, caller: Caller) -> Iterator[None]:
        """Hold a place for a feed."""
        token = caller.token or ""
        entered = self._streams.enter(token, self._limits.streams, self._limits.all_streams)
        if entered is None:
            raise _later(503, "streams", "The service has as many feeds open as it can.", _STREAM_SECONDS)
        if not entered:
            raise _later(429, "streams", "This token has as many feeds open as it may. Close one.", _STREAM_SECONDS)
        try:
            yield
        finally:
            self._streams.leave(token)


def body_cost(size: int) -> int:
    """Return as how many more writes a body counts: one for each 128 KiB."""
    return size >> 17


def refusal_cost(size: int) -> int:
    """Return the extra cost of a body that is refused for its content.

    Our own clients send none.
    """
    return 4 + 16 * body_cost(size)


def refused_items_cost(count: int) -> int:
    """Return what the items of a batch cost that are refused; a few are a mistake, and free."""
    return 2 * max(count - _FREE_ITEMS, 0)


def query_cost(size: int) -> int:
    """Return as how many more reads a query string counts: one for each KiB."""
    return size >> 10


def answer_cost(size: int) -> int:
    """Return as how many more reads an answer counts: one for each 16 KiB over the first 64."""
    return max(size - _FREE_ANSWER, 0) >> 14


def _later(status: int, slug: str, words: str, seconds: int) -> ProblemError:
    when = "a second" if seconds == 1 else f"{seconds} seconds"
    return ProblemError(status, slug, f"{words} Ask again in {when}.", headers={"Retry-After": str(seconds)})


def network_of(host: str) -> str:
    """Return what an address counts as: itself, or its network where one client has many."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or IPv6Network((int(address), _NETWORK_BITS), strict=False))
    return host
