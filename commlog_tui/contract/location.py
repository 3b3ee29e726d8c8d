"""Models of locations, roles and permissions."""

from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from commlog_tui.contract.base import RequestModel, ResponseModel, Slug, Text
from commlog_tui.contract.open_enum import OpenEnum


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("must be an IANA time zone, such as Europe/London") from None
    return name


ZoneName = Annotated[Text, Field(min_length=1, max_length=64), AfterValidator(_known_zone)]


class NewLocation(RequestModel):
    """A location to be created."""

    id: Slug
    name: Annotated[Text, Field(min_length=1, max_length=200)]
    zone: ZoneName
    region: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None
    """ISO 3166 country of phone numbers without a country code; derived from the zone by
    default."""


class Location(ResponseModel):
    """A tenant of the log."""

    id: str
    name: str
    zone: str


class Channel(ResponseModel):
    """A channel that a location uses, with the number of its entries."""

    via: str
    count: int


class LocationDetail(ResponseModel):
    """A location with what a desk needs before it asks for entries."""

    location: Location
    channels: tuple[Channel, ...]
    """Most used first."""
    seq: int
    """Position of the newest record, 0 in an empty log. The feed can be followed from here."""


class Locations(ResponseModel):
    """The locations that a token may see."""

    locations: tuple[Location, ...]


class Role(StrEnum):
    """The role of a token."""

    DESK = "desk"
    MANAGER = "manager"
    SENDER = "sender"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Permission(StrEnum):
    """A single thing that a token may do."""

    READ = "read"
    ADD_MANUAL = "add-manual"
    ADD_AUTOMATED = "add-automated"
    CORRECT = "correct"
    REDACT = "redact"
    EXPORT = "export"
    MANAGE = "manage"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.DESK: frozenset({Permission.READ, Permission.ADD_MANUAL}),
    Role.MANAGER: frozenset(
        {Permission.READ, Permission.ADD_MANUAL, Permission.CORRECT, Permission.REDACT, Permission.EXPORT}
    ),
    Role.SENDER: frozenset({Permission.ADD_AUTOMATED}),
    Role.AUDITOR: frozenset({Permission.READ}),
    Role.ADMIN: frozenset(Permission),
}


class Capability(StrEnum):
    """A capability that services of 0.1.0 lack. Clients check it before they use the feature."""

    STATUSES = "statuses"
    """``status`` may be repeated in a query."""
    KINDS = "kinds"
    """Entries can be found by what the message is for."""
    ENTRY_IDS = "entry-ids"
    """Entries can be found by the beginning of their id."""
    STATISTICS = "statistics"
    """Entries are counted by time, channel, kind of message and status."""
    WORKLIST = "worklist"
    """Messages that did not arrive are listed until somebody deals with them."""
    FEED_END = "feed-end"
    """The feed says where a log ends that is shorter than the position asked for."""
    MESSAGE_EVENTS = "message-events"
    """Entries name a provider's message, and events are accepted by it, also before the entry."""
    RUNS = "runs"
    """Workflow runs are recorded and listed."""
    RESOLUTIONS = "resolutions"
    """Resolutions are recorded and listed."""
    BOOKING = "booking"
    """The checklist of a booking: what it should get, what it got, and what is missing."""

    TASKS = "tasks"
    """Tasks are recorded, changed and listed."""
    HANDOVERS = "handovers"
    """Shifts are handed over and taken over."""
    PERSONS = "persons"
    """A write may name who of a shared desk made it."""

    CUSTOMER_RECORDS = "customer-records"
    """Corrected addresses, customers of the log's own, merges and preferences are recorded."""
    EXCLUSIONS = "exclusions"
    """Entries are found by whole title and code, and without those of a channel, status, title and more."""

    RESENDS = "resends"
    """Messages are sent again, and what became of that is listed."""
    CALL_OFFS = "call-offs"
    """A message that waits to be sent again can be called off."""
    HOOKS = "hooks"
    """The webhooks of delivery providers are listed, with what is silent."""


class Me(ResponseModel):
    """The holder of a token, with role, permissions and locations."""

    name: str
    role: Annotated[Role, OpenEnum(Role)]
    permissions: frozenset[Annotated[Permission, OpenEnum(Permission)]]
    locations: tuple[Location, ...]
    version: str
    """The service's version."""
    capabilities: tuple[Annotated[Capability, OpenEnum(Capability)], ...] = ()
    """What this service can do beyond 0.1.0, whose answer has no such field."""
