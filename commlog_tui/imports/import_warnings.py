"""Report warnings about imported entries. A warning does not refuse an entry."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from commlog_tui.imports.items import ImportOptions, Item, Outcome


def with_warnings(
    outcomes: Iterable[Outcome], options: ImportOptions, now: datetime, warn: Callable[[Item, str], None]
) -> Iterator[Outcome]:
    """Yield the outcomes, calling ``warn`` for every warning about an entry."""
    options.warnings.clear()
    for outcome in outcomes:
        words = list(dict.fromkeys(options.warnings))
        options.warnings.clear()
        if isinstance(outcome, Item):
            if outcome.entry.sent_at > now:
                words.append("its time is in the future")
            for one in words:
                warn(outcome, one)
        yield outcome
