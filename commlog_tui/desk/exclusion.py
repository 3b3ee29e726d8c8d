"""What a view is filtered without: one value of one field."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple, Self

from commlog_tui.text.hygiene import safe

FIELDS: Final[Mapping[str, str]] = {
    "via": "not_via", "status": "not_status", "source": "not_source", "kind": "not_kind", "to": "not_to",
    "customer": "not_customer_id", "reference": "not_reference", "title": "not_title", "code": "not_code",
    "day": "not_day",
}  # fmt: skip
"""The fields that can be excluded, each with its parameter of a query."""
_NAMED: Final = {"kind": "kind ", "code": "code ", "title": "title "}
"""What is said before a value that does not show what it is."""


PERSONAL: Final = frozenset({"to", "customer", "title", "reference"})
"""Fields whose values may name somebody, or lead to them."""


class Exclusion(NamedTuple):
    """One value of a field that is not wanted."""

    field: str
    value: str
    """A day as ``2026-11-03``."""
    name: str = ""
    """Of a customer."""

    @property
    def chip(self) -> str:
        """The name it is undone by."""
        return f"not {self.field}:{self.value}"

    @property
    def words(self) -> str:
        """The exclusion for display."""
        return f"not {value_in_words(self.field, self.name or self.value)}"

    @classmethod
    def from_json(cls, value: object) -> Self | None:
        """Return an exclusion that was saved; None for one that this version does not know."""
        if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
            return None
        if value.get("field") not in FIELDS or not value.get("value") or value.keys() - {"field", "value", "name"}:
            return None
        return cls(value["field"], value["value"], value.get("name", ""))


def value_in_words(field: str, value: str) -> str:
    """Return a value of a field for display."""
    if field == "day":
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return safe(value)
        return f"{day:%a} {day.day} {day:%b %Y}"
    if field == "reference":
        return f"ref {safe(value[:8])}…"
    return f"{_NAMED.get(field, '')}{safe(value)}"


def as_query(excluded: Iterable[Exclusion]) -> dict[str, Any]:
    """Return the exclusions as parameters of a query."""
    found: dict[str, list[str]] = {}
    for one in excluded:
        found.setdefault(FIELDS[one.field], []).append(one.value)
    return found
