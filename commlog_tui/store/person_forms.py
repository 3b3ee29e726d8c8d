"""The texts that a customer can be found by."""

from commlog_tui.contract.addresses import search_forms
from commlog_tui.records.rows import CustomerRow


def person_forms(customer: CustomerRow, region: str | None) -> list[str]:
    """Return the texts that a customer can be found by."""
    known = [form for text in (*customer.addresses, *customer.numbers) for form in search_forms(text, region)]
    return [customer.id, *([customer.name] if customer.name else []), *known]
