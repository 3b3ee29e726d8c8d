"""What every store can do about customers beside the directory, see ``protocol``."""

from typing import Protocol

from commlog_tui.contract.customer_record import PreferenceQuery
from commlog_tui.records.customer_rows import CustomerRecordsRow, PreferencesRow


class People(Protocol):
    """Corrected addresses, customers of the log's own, merges and preferences."""

    async def customer_records(self, location: str, customer_id: str) -> CustomerRecordsRow:
        """Return everything recorded about a customer and those merged with them, oldest first."""
        ...

    async def preferences(self, location: str, query: PreferenceQuery) -> PreferencesRow:
        """Return the preferences that hold now.

        Of a customer: also of those merged with them, and of all their addresses and numbers.
        """
        ...
