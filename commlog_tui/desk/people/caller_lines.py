"""Who may be calling, in lines: who they are, what they were sent last, their open tasks."""

from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from commlog_tui.text.hygiene import safe
from commlog_tui.text.moments import brief_moment

if TYPE_CHECKING:
    from commlog_tui.client.callers import Caller, Callers

_FEWEST_DIGITS: Final = 6
"""Digits from which a number is asked for as that of a caller."""


def is_reach(text: str) -> bool:
    """Return whether a text is enough of a number, or an address, to ask whose it is."""
    plain = text.strip()
    name, _, domain = plain.partition("@")
    if name and "." in domain:
        return True
    digits = sum(one.isdigit() for one in plain)
    return digits >= _FEWEST_DIGITS and not any(one.isalpha() for one in plain)


def caller_lines(found: "Callers", zone: ZoneInfo, now: datetime) -> list[str]:
    """Return whoever may be calling; nothing where nobody is known."""
    lines = [line for one in found.callers for line in _lines(one, zone, now)]
    return [*lines, "There are more; type the whole number."] if found.more else lines


def _lines(caller: "Caller", zone: ZoneInfo, now: datetime) -> list[str]:
    from commlog_tui.text.customers import customer_line, objection_words
    from commlog_tui.text.due import due_words

    head = "No name is known"
    if caller.customer is not None:
        head = customer_line(caller.customer.model_copy(update={"preferences": ()}), zone)
    wishes = objection_words(caller.preferences, zone)
    sent = [f"  {brief_moment(one.sent_at, zone)}  {safe(one.title)}, {one.status.value}" for one in caller.entries]
    tasks = [f"  ! {safe(one.words)}, due {due_words(one.due_at, zone, now)}" for one in caller.tasks]
    return [head, *([f"  {wishes}"] if wishes else []), *sent, *tasks]
