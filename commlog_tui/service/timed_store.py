"""A store whose calls are timed for ``/metrics``."""

from collections.abc import Awaitable, Callable, Sequence
from inspect import iscoroutinefunction
from time import perf_counter
from typing import Any, Final, cast

from prometheus_client import CollectorRegistry, Histogram

from commlog_tui.store.customer_protocol import People
from commlog_tui.store.protocol import Store
from commlog_tui.store.task_protocol import Work


def _calls_of(protocol: type) -> tuple[str, ...]:
    return tuple(
        name for name in dir(protocol) if name not in _WAITING and iscoroutinefunction(getattr(protocol, name))
    )


_WAITING: Final = frozenset({"wait", "close"})
"""Calls that wait by intention, and are not timed."""
CALLS: Final = _calls_of(Store)
WORK_CALLS: Final = _calls_of(Work)
"""Of the part of a store for tasks and handovers."""
PEOPLE_CALLS: Final = _calls_of(People)
"""Of the part of a store for what is recorded about customers."""
_BUCKETS: Final = (0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def timed(store: Store, registry: CollectorRegistry) -> Store:
    """Return the store with its calls timed, failed ones too."""
    histogram = Histogram(
        "commlog_store_seconds", "Time of a call of the store", ["call"], registry=registry, buckets=_BUCKETS
    )
    work = _Timed(lambda: store.work, WORK_CALLS, histogram)
    people = _Timed(lambda: store.people, PEOPLE_CALLS, histogram)
    return cast("Store", _Timed(lambda: store, CALLS, histogram, work=work, people=people))


class _Timed:
    """Hands every call through to a store, or to a part of it."""

    def __init__(self, part: Callable[[], Any], calls: Sequence[str], histogram: Histogram, **parts: "_Timed") -> None:
        self._part = part
        for name, one in parts.items():
            setattr(self, name, one)
        for name in calls:
            setattr(self, name, self._timed(name, histogram.labels(name).observe))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        return getattr(self._part(), name)

    def _timed(self, name: str, observe: Callable[[float], None]) -> Callable[..., Awaitable[Any]]:
        async def call(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - each call has its own
            began = perf_counter()
            try:
                return await getattr(self._part(), name)(*arguments, **options)
            finally:
                observe(perf_counter() - began)

        return call
