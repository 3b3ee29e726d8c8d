"""Records about customers."""

from random import Random
from typing import Any
from uuid import UUID

from commlog_tui.contract.customer_record import NewContact, NewLocalCustomer, NewMerge, NewPreference
from commlog_tui.records.contact import AppendContact
from commlog_tui.records.kind import Item
from commlog_tui.records.local_customer import AppendCustomer
from commlog_tui.records.merge import AppendMerge
from commlog_tui.records.preference import AppendPreference


def contact(number: int, customer_id: str, **fields: Any) -> AppendContact:
    """Return a numbered correction of a customer's address or number."""
    return AppendContact(str(UUID(int=number)), customer_id, NewContact.model_validate(fields))


def customer(number: int, **fields: Any) -> AppendCustomer:
    """Return a numbered customer of the log's own."""
    return AppendCustomer(str(UUID(int=number)), NewLocalCustomer.model_validate(fields))


def merge(number: int, customer_id: str, into: str, **fields: Any) -> AppendMerge:
    """Return a numbered merge, or its end."""
    return AppendMerge(
        str(UUID(int=number)), NewMerge.model_validate({"customer_id": customer_id, "into": into} | fields)
    )


def preference(number: int, **fields: Any) -> AppendPreference:
    """Return a numbered preference."""
    return AppendPreference(str(UUID(int=number)), NewPreference.model_validate(fields))


def notes(rng: Random, customer_ids: list[str]) -> list[Item]:
    """Return one record of each kind about some of these customers."""
    number = rng.randrange(1 << 100)
    one = rng.choice(customer_ids)
    made = customer(number, name=f"Guest {number % 7}", numbers=(f"+4477009{number % 100_000:05}",))
    local_id = f"local-{made.id.replace('-', '')[:12]}"
    return [
        made,
        contact(number + 1, one, old="old@example.com", new=f"n{number % 1000}@example.com", reason="misspelt"),
        merge(number + 2, local_id, one, step=rng.choice(["merged", "separated"])),
        preference(number + 3, customer_id=one, via=rng.choice(["sms", None]), words="no texts"),
        preference(number + 4, to="07700 900123", allowed=rng.choice([True, False])),
    ]
