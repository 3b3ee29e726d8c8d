"""Read ``expectations.toml``: one array of tables for each location, one table for each rule.

```toml
[[quay]]
kind = "confirmation"
within = "10 minutes"
```
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final, TypeAlias

from commlog_tui.contract.channels import CHANNELS
from commlog_tui.expectations.durations import Duration, DurationError, parse_duration
from commlog_tui.expectations.rules import BOOKED_LATER, TIMINGS, Rule

_KEYS: Final = ("kind", *TIMINGS, "lasts", "unless", "via")
_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_NAME: Final = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_HEADING: Final = re.compile(rf"\s*\[\[?\s*({_NAME})\s*\]")
_KEY: Final = re.compile(rf"\s*({_NAME})\s*=")
_AT: Final = re.compile(r"\(at line (\d+)")
MOST_RULES: Final = 50

Rules: TypeAlias = Mapping[str, tuple[Rule, ...]]
"""The rules of each location, by its id."""
Lines: TypeAlias = Mapping[tuple[str, int, str], int]
"""The line of each key, and of each heading under the key ``""``, by location and rule from 1."""


class RulesError(Exception):
    """The rules cannot be used; the message says in which line and rule, and why."""


def parse_rules(text: str, name: str) -> Rules:
    """Return the rules in a text of TOML. ``name`` is the file's, for messages.

    Raises:
        RulesError: it is not TOML, or a rule is wrong. Of several wrong rules, the first one.
    """
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # their words repeat what is in the file
        at = _AT.search(str(error))
        line = int(at[1]) if at else max(len(text.splitlines()), 1)
        raise RulesError(f"{name}, line {line}: this is not valid TOML.") from None
    lines = _lines(text)
    return {location: tuple(_rules(location, given, name, lines)) for location, given in tables.items()}


def _rules(location: str, given: Any, name: str, lines: Lines) -> Iterable[Rule]:  # noqa: ANN401 - what TOML holds
    where = f"{name}, line {lines.get((location, 1, ''), 1)}"
    if not isinstance(given, list) or not all(isinstance(table, dict) for table in given):
        raise RulesError(f"{where}: {_shown(location)} must be rules, each headed [[{_shown(location)}]].")
    if not _SLUG.fullmatch(location):
        raise RulesError(f"{where}: {_shown(location)} is no location's id; these are such as quay or north-pier.")
    if len(given) > MOST_RULES:
        raise RulesError(f"{where}: {location} has {len(given)} rules; at most {MOST_RULES} can be used.")
    for number, table in enumerate(given, 1):
        place = _Position(name, location, number, lines)
        yield _rule(table, place)


class _Position:
    """Position of a rule, for the messages about it."""

    def __init__(self, name: str, location: str, number: int, lines: Lines) -> None:
        self._name, self._location, self._number, self._lines = name, location, number, lines

    def error(self, key: str, words: str) -> RulesError:
        """Return the error of a key, or of the whole rule if it has no such key."""
        rule = (self._location, self._number)
        line = self._lines.get((*rule, key)) or self._lines.get((*rule, "")) or self._lines.get((rule[0], 1, ""))
        at = f", line {line}" if line else ""
        return RulesError(f"{self._name}{at}, rule {self._number} of {self._location}: {words}")


def _rule(table: Mapping[str, Any], position: _Position) -> Rule:
    for key in table:
        if key not in _KEYS:
            raise position.error(key, f"there is no key {_shown(key)}{_nearest(key, _KEYS)}")
    if "kind" not in table:
        raise position.error("", 'it has no kind, such as kind = "confirmation".')
    timings = [key for key in TIMINGS if key in table]
    if len(timings) != 1:
        names = f"{', '.join(TIMINGS[:-1])} or {TIMINGS[-1]}"
        found = f"both {timings[0]} and {timings[1]}" if timings else "no time"
        raise position.error(timings[1] if timings else "", f"it has {found}; give one of {names}.")
    timing = timings[0]
    if timing == "after_end" and "lasts" not in table:
        words = 'after_end needs lasts = "2 hours" beside it, because entries say only when a booking starts'
        raise position.error(timing, f"{words}. Or use after_start.")
    if "lasts" in table and timing != "after_end":
        raise position.error("lasts", "lasts is for after_end only.")
    via = _slug(table, "via", position) if "via" in table else None
    return Rule(
        kind=_slug(table, "kind", position),
        timing=timing,
        duration=_duration(table, timing, position),
        via=via,
        lasts=_duration(table, "lasts", position) if "lasts" in table else None,
        unless_booked_later=_unless(table, timing, position),
    )


def _slug(table: Mapping[str, Any], key: str, position: _Position) -> str:
    value = table[key]
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        sample = '"confirmation" or "no-show"' if key == "kind" else '"email" or "sms"'
        near = _near(value.lower(), CHANNELS.values()) if key == "via" and isinstance(value, str) else ""
        raise position.error(key, f"{key} must be a word in small letters such as {sample}, in quotes{near or '.'}")
    return value


def _duration(table: Mapping[str, Any], key: str, position: _Position) -> Duration:
    try:
        return parse_duration(table[key])
    except DurationError as error:
        words = str(error)
        raise position.error(key, f"{key} {words}{'' if words.endswith('?') else '.'}") from None


def _unless(table: Mapping[str, Any], timing: str, position: _Position) -> bool:
    if "unless" not in table:
        return False
    if timing == "within":
        raise position.error("unless", "unless has no meaning with within, which counts from when it was booked.")
    value = table["unless"]
    if not isinstance(value, str) or " ".join(value.lower().split()) != BOOKED_LATER:
        raise position.error("unless", f'unless must be "{BOOKED_LATER}".')
    return True


def _nearest(key: str, known: Iterable[str]) -> str:
    return _near(key, known) or f". Known are: {', '.join(known)}."


def _near(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""


def _shown(text: str) -> str:
    """Return a name without control characters and with limited length."""
    return ascii(text)[1:-1][:60]


def _lines(text: str) -> Lines:
    """Return the line of every heading and key, found by scanning line by line."""
    found: dict[tuple[str, int, str], int] = {}
    location, number = "", 0
    for at, line in enumerate(text.split("\n"), 1):
        if heading := _HEADING.match(line):
            location = heading[1].strip("\"'")
            number = 1 + max((rule for name, rule, key in found if (name, key) == (location, "")), default=0)
            found[location, number, ""] = at
        elif key := _KEY.match(line):
            name = key[1].strip("\"'")
            found.setdefault((location, number, name) if location else (name, 1, ""), at)
    return found
