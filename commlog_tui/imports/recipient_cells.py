"""Validate recipients in table cells: a single address or number each."""

from collections.abc import Mapping
from typing import Any

from commlog_tui.contract.addresses import recipient_problem
from commlog_tui.imports.items import UnreadableError

_LISTS = ("addresses", "numbers")


def require_recipients(values: Mapping[str, Any]) -> None:
    """Reject a row whose recipient or customer contact is not a single address or number.

    Raises:
        UnreadableError: several, with additional text, or with lost digits.
    """
    customer = values.get("customer")
    known = customer if isinstance(customer, Mapping) else {}
    cells = [("to", values.get("to"))]
    for name in _LISTS:
        several = values.get(f"customer.{name}", known.get(name))
        cells += [(f"customer.{name}", one) for one in (several if isinstance(several, list | tuple) else ())]
    for name, cell in cells:
        problem = recipient_problem(cell) if isinstance(cell, str) else _not_text(cell)
        if problem:
            raise UnreadableError(f"{name} {problem}")


def _not_text(cell: object) -> str | None:
    return (
        "must be text: a number without quotation marks loses its zeros and its plus"
        if isinstance(cell, int | float)
        else None
    )
