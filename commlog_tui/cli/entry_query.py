"""The query that the filters of ``commlog list`` make."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import faults, stopped
from commlog_tui.contract.base import parse_instant
from commlog_tui.contract.channels import DID_NOT_ARRIVE
from commlog_tui.contract.query import EntryQuery
from commlog_tui.text.days import DayError, span
from commlog_tui.text.spans import parse_days

_NAMES: Final = {"customer_id": "--customer", "not_customer_id": "--not-customer", "q": "-q"}
_ALL: Final = "did-not-arrive"
"""The statuses of what did not arrive, under one name."""


def entry_query(zone: ZoneInfo, since: str, until: str, options: Mapping[str, Any]) -> EntryQuery:
    """Return the query of these options. Ends the command if it cannot be asked."""
    from pydantic import ValidationError

    given = {name: value for name, value in options.items() if value}
    for name in {"status", "not_status"} & given.keys():
        given[name] = [one for word in given[name] for one in (DID_NOT_ARRIVE if word == _ALL else (word,))]
    if "not_day" in given:
        given["not_day"] = list(_days(given["not_day"], datetime.now(zone).date()))
    given |= {"since": bound("--since", since, zone, last=False), "until": bound("--until", until, zone, last=True)}
    names = {name: _NAMES.get(name, f"--{name.replace('_', '-')}") for name in EntryQuery.model_fields}
    try:
        return EntryQuery.model_validate(given)
    except ValidationError as error:
        raise stopped(f"This cannot be asked: {faults(error.errors(), names)}.", ExitCode.USAGE) from None


def bound(name: str, text: str, zone: ZoneInfo, *, last: bool) -> datetime | None:
    """Return the first or last instant of the days, or the instant itself. Ends the command if it is neither."""
    if not text:
        return None
    with suppress(ValueError):
        return parse_instant(text)
    try:
        return span(*parse_days(text, datetime.now(zone).date()), zone)[last]
    except DayError as error:
        raise stopped(f"{name}: {error} An RFC 3339 time will do, too.", ExitCode.USAGE) from None


def _days(texts: Iterable[str], today: date) -> Iterator[date]:
    for text in texts:
        try:
            first, last = parse_days(text, today)
        except DayError as error:
            raise stopped(f"--not-day: {error}", ExitCode.USAGE) from None
        yield from (first + timedelta(days=at) for at in range((last - first).days + 1))
