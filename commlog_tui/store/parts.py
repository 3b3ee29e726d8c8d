"""StoreParts of a store with methods of their own."""

from typing import Protocol

from commlog_tui.store.customer_protocol import People
from commlog_tui.store.resends import Resends
from commlog_tui.store.task_protocol import Work


class StoreParts(Protocol):
    """What a store has beside its own methods."""

    @property
    def work(self) -> Work:
        """Tasks and handovers."""
        ...

    @property
    def people(self) -> People:
        """What is recorded about customers."""
        ...

    @property
    def resends(self) -> Resends:
        """Messages that are sent again."""
        ...
