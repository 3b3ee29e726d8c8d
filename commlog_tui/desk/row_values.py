"""What a row offers to filter by: the values of its fields."""

from datetime import tzinfo
from typing import TYPE_CHECKING, Final, NamedTuple

from commlog_tui.desk.exclusion import value_in_words
from commlog_tui.desk.filters import Filters
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry

FIELD_OF_COLUMN: Final = {
    "Date": "day", "Via": "via", "To": "to", "Title": "title", "Customer": "customer", "Status": "status",
    "Ref": "code", "Kind": "kind", "Source": "source",
}  # fmt: skip
"""The field that a cell of a column shows."""
_BESIDE: Final = frozenset({"title", "code"})
"""Fields that an older service cannot be asked for."""


class RowValue(NamedTuple):
    """One value of a row."""

    key: str
    label: str
    field: str
    value: str
    name: str = ""
    """Of a customer."""

    @property
    def words(self) -> str:
        """The value for display."""
        is_plain = self.field not in {"day", "reference"}
        return safe(self.name or self.value) if is_plain else value_in_words(self.field, self.value)

    def apply(self, filters: Filters, *, exclude: bool) -> Filters:
        """Return filters that ask for this value alone, or leave it out."""
        change = filters.excluding if exclude else filters.only
        return change(self.field, self.value, self.name)

    def needs_exclusions(self, *, exclude: bool) -> bool:
        """Whether only a service that can exclude can be asked for it."""
        return exclude or self.field in _BESIDE


def values_of(entry: "Entry", zone: tzinfo) -> tuple[RowValue, ...]:
    """Return what a row offers, each with the letter that chooses it."""
    customer = entry.customer
    booking = ("code", entry.code) if entry.code else ("reference", entry.reference or "")
    offered = (
        RowValue("v", "Via", "via", entry.via),
        RowValue("r", "Recipient", "to", entry.to),
        RowValue("t", "Title", "title", entry.title),
        RowValue(
            "c", "Customer", "customer", customer.id if customer else "", (customer.name or "") if customer else ""
        ),
        RowValue("s", "Status", "status", entry.status.value),
        RowValue("d", "Day", "day", entry.sent_at.astimezone(zone).date().isoformat()),
        RowValue("b", "Booking", *booking),
        RowValue("k", "Kind", "kind", entry.kind or ""),
        RowValue("o", "Source", "source", entry.source.value),
    )
    return tuple(one for one in offered if one.value)
