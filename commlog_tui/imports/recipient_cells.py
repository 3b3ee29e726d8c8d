"""Recipients as cells hold them: one address or number each, or refused with the reason."""

from collections.abc import Mapping
from typing import Any

from commlog_tui.contract.addresses import recipient_problem
from commlog_tui.imports.items import UnreadableError

_LISTS = ("addresses", "numbers")


def require_recipients(values: Mapping[str, Any]) -> None:
    """Refuse a row whose recipient, or one of its customer's addresses and numbers, cannot be one.

    Raises:
        UnreadableError: it is several, has more to it than an address, or has lost digits.
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
        "must be text: a number without quotation marks loses its zeros and its plus" if isinstance(cell, int | float) else None
    )
