"""What is worth a warning in what a reader gives: nothing is refused for it, but what is imported stays."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from commlog_tui.imports.items import ImportOptions, Item, Outcome


def with_warnings(
    outcomes: Iterable[Outcome], options: ImportOptions, now: datetime, warn: Callable[[Item, str], None]
) -> Iterator[Outcome]:
    """Yield the outcomes, having called ``warn`` for each thing that was found about an entry."""
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
