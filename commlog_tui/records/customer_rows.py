"""What is recorded about customers, as stores answer it."""

from datetime import datetime

from msgspec import Struct


class PreferenceRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Mirrors ``contract.customer.Preference``."""

    id: str
    seq: int
    customer_id: str | None = None
    to: str | None = None
    via: str | None = None
    allowed: bool
    words: str | None = None
    said_at: datetime | None = None
    actor: str
    person: str | None = None
    recorded_at: datetime


class ContactRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Mirrors ``contract.customer_record.Contact``."""

    id: str
    seq: int
    customer_id: str
    new: str
    old: str | None = None
    reason: str | None = None
    actor: str
    person: str | None = None
    recorded_at: datetime


class LocalCustomerRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Mirrors ``contract.customer_record.LocalCustomer``."""

    id: str
    seq: int
    customer_id: str
    name: str
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    actor: str
    person: str | None = None
    recorded_at: datetime


class MergeRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Mirrors ``contract.customer_record.Merge``."""

    id: str
    seq: int
    customer_id: str
    into: str
    step: str
    reason: str | None = None
    actor: str
    person: str | None = None
    recorded_at: datetime


class CustomerRecordsRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Mirrors ``contract.customer_record.CustomerRecords``."""

    customer_ids: tuple[str, ...]
    made: tuple[LocalCustomerRow, ...] = ()
    contacts: tuple[ContactRow, ...] = ()
    merges: tuple[MergeRow, ...] = ()
    preferences: tuple[PreferenceRow, ...] = ()


class PreferencesRow(Struct, frozen=True):
    """Mirrors ``contract.customer_record.Preferences``."""

    preferences: tuple[PreferenceRow, ...]
