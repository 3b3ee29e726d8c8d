"""What a view is filtered by: as typed, as a query, and in words."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self
from zoneinfo import ZoneInfo

from commlog_tui.contract.channels import DID_NOT_ARRIVE, ON_ITS_WAY
from commlog_tui.desk.exclusion import PERSONAL, Exclusion, as_query, value_in_words
from commlog_tui.text.hygiene import safe
from commlog_tui.text.privacy import MASK

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.query import EntryQuery

STATUSES: Final = (
    "delivered", "bounced", "failed", "rejected", "complained", "deferred",
    "sent", "queued", "scheduled", "canceled", "skipped", "logged",
)  # fmt: skip
"""Every status, in the order in which a desk asks for them."""
SOURCES: Final = ("manual", "workflow", "template", "system")
_NAMED: Final = ("source", "reference", "to", "title", "code", "kind")
_PLAIN: Final = ("q", *_NAMED)
"""Fields that are parameters of a query as they are."""
_WHOLE_NAMES: Final = {"to": "address or number", "title": "title", "code": "booking code", "kind": "kind"}
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {"did not arrive": DID_NOT_ARRIVE, "on its way": ON_ITS_WAY}
"""Several statuses that are one filter with a name."""
_STATUS_STEPS: Final = (DID_NOT_ARRIVE, ON_ITS_WAY, ("delivered",), ())
"""What one key filters by, in this order."""


class FiltersError(ValueError):
    """What was typed cannot be asked for; ``faults`` has a sentence for each field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


class Filters(NamedTuple):
    """The filters of a view as they were typed, so that "yesterday" means another day tomorrow."""

    q: str = ""
    via: tuple[str, ...] = ()
    since: str = ""
    """A day as typed, or a span of them such as ``7 days`` or ``last month``."""
    until: str = ""
    customer: str = ""
    """A customer's id."""
    customer_name: str = ""
    source: str = ""
    status: tuple[str, ...] = ()
    reference: str = ""
    to: str = ""
    """An address or number."""
    title: str = ""
    """A whole title, as are code and kind whole."""
    code: str = ""
    kind: str = ""
    excluded: tuple[Exclusion, ...] = ()
    """What is left out."""

    def __bool__(self) -> bool:
        """Whether anything is filtered."""
        return self != Filters()

    def without(self, name: str) -> Self:
        """Return the filters without those of one chip."""
        undone = {"days": {"since": "", "until": ""}, "customer": {"customer": "", "customer_name": ""}}
        if name.startswith("via:"):
            return self._replace(via=tuple(one for one in self.via if one != name[4:]))
        if name.startswith("not "):
            return self._replace(excluded=tuple(one for one in self.excluded if one.chip != name))
        if name.startswith("status:"):
            gone = _GROUPS.get(name[7:], (name[7:],))
            return self._replace(status=tuple(one for one in self.status if one not in gone))
        return self._replace(**undone.get(name, {name: ""}))  # type: ignore[arg-type] # every name is a text field

    def within(self, view: "Filters") -> Self:
        """Return the filters with a view's scope: a customer, or a booking by reference or code."""
        q = " ".join(filter(None, (view.q, self.q if self.q != view.q else "")))
        reference = view.reference or self.reference
        if view.customer:
            return self._replace(q=q, reference=reference, customer=view.customer, customer_name=view.customer_name)
        return self._replace(q=q, reference=reference)

    def beside(self, view: "Filters") -> Self:
        """Return the filters without what a view that they belong to is of anyhow."""
        rest = self.without("customer").without("reference")
        return rest._replace(q=" ".join(word for word in self.q.split() if word != view.q))

    def belong_to(self, view: "Filters") -> bool:
        """Whether they stay within the customer or booking of a view."""
        return (not self.customer or self.customer == view.customer) and (
            not self.reference or self.reference == view.reference
        )

    def without_personal(self) -> Self:
        """Return the filters that say nothing of whom they are about."""
        excluded = tuple(one for one in self.excluded if one.field not in PERSONAL)
        rest = self.without("customer")._replace(q="", reference="", to="", title="")
        return rest._replace(excluded=excluded)

    def only(self, field: str, value: str, name: str = "") -> Self:
        """Return the filters with one value of a field, and no other of it; ``name`` is a customer's."""
        excluded = tuple(one for one in self.excluded if one.field != field)
        plain = self._replace(excluded=excluded)
        if field in {"via", "status"}:
            return plain._replace(**{field: (value,)})  # type: ignore[arg-type] # both are lists of names
        if field == "day":
            return plain._replace(since=value, until="")
        if field == "customer":
            return plain._replace(customer=value, customer_name=name)
        return plain._replace(**{field: value})  # type: ignore[arg-type] # every other one is a text

    def excluding(self, field: str, value: str, name: str = "") -> Self:
        """Return the filters without one value of a field, which is no longer asked for either."""
        one = Exclusion(field, value, name)
        others = tuple(known for known in self.excluded if known.chip != one.chip)
        chip = {"via": f"via:{value}", "status": f"status:{value}"}.get(field, field)
        is_asked = value in getattr(self, field) if field in {"via", "status"} else getattr(self, field, "") == value
        rest = self.without(chip) if is_asked else self
        return rest._replace(excluded=(*others, one))

    def toggled(self, via: str) -> Self:
        """Return the filters with a channel more, or one less."""
        if via in self.via:
            return self.without(f"via:{via}")
        excluded = tuple(one for one in self.excluded if (one.field, one.value) != ("via", via))
        return self._replace(via=(*self.via, via), excluded=excluded)

    def next_preset(self) -> Self:
        """Return the filters with the next preset of days, from today to any time."""
        from commlog_tui.text.spans import PRESETS

        names = ["", *PRESETS]
        here = names.index(self.since) if self.since in names and not self.until else 0
        return self._replace(since=names[(here + 1) % len(names)], until="")

    def next_status(self) -> Self:
        """Return the filters with the next group of statuses.

        Not arrived, on the way, delivered, any.
        """
        names = [frozenset(step) for step in _STATUS_STEPS]
        here = names.index(frozenset(self.status)) if frozenset(self.status) in names else -1
        return self._replace(status=_STATUS_STEPS[(here + 1) % len(_STATUS_STEPS)])


_PERSONAL: Final = frozenset({"q", "customer", "to", "title"})


class Chip(NamedTuple):
    """One filter in words, with the name it is undone by."""

    name: str
    words: str

    @property
    def is_personal(self) -> bool:
        """Whether it says whom the filter is about, so that it is hidden in privacy mode."""
        return self.name.removeprefix("not ").partition(":")[0] in _PERSONAL


def _preset(filters: Filters) -> str | None:
    from commlog_tui.text.spans import is_relative

    named = " ".join(filters.since.lower().split())
    return named if is_relative(named) and not filters.until else None


def days_of(filters: Filters, today: date) -> tuple[date | None, date | None]:
    """Return the first and the last day asked for. Raises ``FiltersError``."""
    from commlog_tui.text.days import DayError
    from commlog_tui.text.spans import parse_days

    try:
        since = parse_days(filters.since, today) if filters.since else None
        until = parse_days(filters.until, today) if filters.until else since
    except DayError as error:
        raise FiltersError({"days": str(error)}) from None
    first, last = since[0] if since else None, until[1] if until else None
    if first and last and first > last:
        raise FiltersError({"days": "The first day is after the last."})
    return first, last


def days_in_words(first: date | None, last: date | None) -> str:
    """Return days for display: ``Mon 2 Nov 2026``, two of them, one bound, or "" for none."""
    parts = " – ".join(dict.fromkeys(f"{day:%a} {day.day} {day:%b %Y}" for day in (first, last) if day))  # noqa: RUF001 - a range
    return f"until {parts}" if last and not first else parts


def query_of(filters: Filters, zone: ZoneInfo, today: date) -> "EntryQuery":
    """Return the query that the filters are.

    Raises:
        FiltersError: a field is not right.
    """
    from pydantic import ValidationError

    from commlog_tui.contract.base import is_uuid
    from commlog_tui.contract.query import EntryQuery
    from commlog_tui.text.days import span

    since, until = span(*days_of(filters, today), zone)
    if filters.reference and not is_uuid(filters.reference):
        raise FiltersError({"reference": "Not a whole UUID; the search box finds the start of one."})
    given: dict[str, Any] = {name: getattr(filters, name) or None for name in _PLAIN}
    given["status"] = [status for status in filters.status if status in STATUSES]
    given |= {"via": filters.via, "since": since, "until": until, "customer_id": filters.customer or None}
    try:
        return EntryQuery.model_validate(given | as_query(filters.excluded))
    except ValidationError as error:
        for name in {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]} & _WHOLE_NAMES.keys():
            raise FiltersError({name: f"No {_WHOLE_NAMES[name]} is like this."}) from None
        # more than a query may have, or of another version
        raise FiltersError({"excluded": "This cannot be asked for; Backspace undoes the last filter."}) from None


def chips(filters: Filters, today: date) -> list[Chip]:
    """Return the filters in words, one chip each."""
    parts = [Chip("q", f"“{safe(filters.q)}”")] if filters.q else []
    parts += [Chip(f"via:{via}", safe(via)) for via in filters.via]
    if filters.since or filters.until:
        parts.append(Chip("days", _preset(filters) or days_in_words(*days_of(filters, today))))
    if filters.customer:
        parts.append(Chip("customer", safe(filters.customer_name or filters.customer)))
    parts += [Chip(f"status:{words}", safe(words)) for words in statuses_in_words(filters.status)]
    parts += [Chip(name, value_in_words(name, text)) for name in _NAMED if (text := getattr(filters, name))]
    return parts + [Chip(one.chip, one.words) for one in filters.excluded]


def statuses_in_words(statuses: tuple[str, ...]) -> list[str]:
    """Return statuses as they are named, a group that is whole by its name."""
    whole = {name: group for name, group in _GROUPS.items() if set(group) <= set(statuses)}
    grouped = {status for group in whole.values() for status in group}
    return [*whole, *(status for status in statuses if status not in grouped)]


def words_of(filters: Filters) -> str:
    """Return the filters in one line, days as they were typed."""
    days = [chip.words for chip in chips(filters._replace(since="", until=""), date.min)]
    typed = " – ".join(dict.fromkeys(filter(None, (filters.since, filters.until))))  # noqa: RUF001 - a range
    return "  ".join([*days, *([safe(typed)] if typed else [])]) or "no filters"


def words_without_names(filters: Filters) -> str:
    """Return the filters in one line, as in privacy mode."""
    plain = filters.without_personal()
    hidden = MASK if plain != filters else ""
    return "  ".join(filter(None, (hidden, words_of(plain) if plain or not hidden else "")))


def to_json(filters: Filters) -> dict[str, Any]:
    """Return the filters as they are kept: what is not empty."""
    values = {**filters._asdict(), "excluded": [one._asdict() for one in filters.excluded]}
    return {name: value for name, value in values.items() if value}


def from_json(values: Mapping[str, Any]) -> Filters:
    """Return filters that were kept; what this version does not know is left out."""
    known = {*Filters._fields} - {"via", "status", "excluded"}
    plain: dict[str, Any] = {name: value for name, value in values.items() if name in known and isinstance(value, str)}
    excluded = tuple(one for one in map(Exclusion.from_json, _list(values.get("excluded"))) if one is not None)
    return Filters(**plain, via=_names(values.get("via")), status=_names(values.get("status")), excluded=excluded)


def is_of_newer(values: Mapping[str, Any]) -> bool:
    """Whether saved filters hold conditions that this version does not know.

    Without those, they would match too much.
    """
    return bool(
        values.keys() - {*Filters._fields}
        or set(_names(values.get("status"))) - set(STATUSES)
        or None in map(Exclusion.from_json, _list(values.get("excluded")))
        or (isinstance(source := values.get("source"), str) and source and source not in SOURCES)
    )


def _list(values: object) -> list[object]:
    return values if isinstance(values, list) else []


def _names(values: object) -> tuple[str, ...]:
    """Return names that were kept; version 0.1.0 kept one status as a text."""
    if isinstance(values, str):
        return (values,)
    return tuple(one for one in values if isinstance(one, str)) if isinstance(values, list | tuple) else ()


def concerns(fixed: "EntryQuery | None", entry: "Entry") -> bool:
    """Whether a new entry belongs to what a view is fixed on: a customer, a booking, or nothing."""
    if fixed is None:
        return True
    if fixed.customer_id is not None:
        return entry.customer is not None and entry.customer.id == fixed.customer_id
    return entry.reference == fixed.reference if fixed.reference else entry.code == fixed.q
