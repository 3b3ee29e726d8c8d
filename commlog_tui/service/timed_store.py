"""A store whose calls are timed for ``/metrics``."""

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from time import perf_counter
from typing import Any, Final, cast

from prometheus_client import CollectorRegistry, Histogram

from commlog_tui.store.protocol import Store

CALLS: Final = tuple(
    sorted(name for name in dir(Store) if name not in {"wait", "close"} and iscoroutinefunction(getattr(Store, name)))
)
"""What is timed: every call but those that wait by intention."""
_BUCKETS: Final = (0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def timed(store: Store, registry: CollectorRegistry) -> Store:
    """Return the store with its calls timed, failed ones too."""
    histogram = Histogram(
        "commlog_store_seconds", "Time of a call of the store", ["call"], registry=registry, buckets=_BUCKETS
    )
    return cast("Store", _TimedStore(store, histogram))


class _TimedStore:
    """Hands every call through to a store."""

    def __init__(self, store: Store, histogram: Histogram) -> None:
        self._store = store
        for name in CALLS:
            setattr(self, name, self._timed(name, histogram.labels(name).observe))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        return getattr(self._store, name)

    def _timed(self, name: str, observe: Callable[[float], None]) -> Callable[..., Awaitable[Any]]:
        async def call(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - each call has its own
            began = perf_counter()
            try:
                return await getattr(self._store, name)(*arguments, **options)
            finally:
                observe(perf_counter() - began)

        return call
