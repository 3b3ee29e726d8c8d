"""The kinds of record that this version knows. A new kind is one module and one line here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from commlog_tui.ledger.record import PublicPart
from commlog_tui.records.call_off import CALL_OFF
from commlog_tui.records.contact import CONTACT
from commlog_tui.records.correction import CORRECTION
from commlog_tui.records.delivery_event import DELIVERY_EVENT
from commlog_tui.records.entry import ENTRY
from commlog_tui.records.handover import HANDOVER, HANDOVER_TAKEN
from commlog_tui.records.kind import Kind
from commlog_tui.records.local_customer import CUSTOMER
from commlog_tui.records.match import MATCH
from commlog_tui.records.merge import MERGE
from commlog_tui.records.preference import PREFERENCE
from commlog_tui.records.redaction import REDACTION
from commlog_tui.records.resend import RESEND
from commlog_tui.records.resolution import RESOLUTION
from commlog_tui.records.run import RUN, RUN_STATUS
from commlog_tui.records.task import TASK, TASK_CHANGE

Kinds = Mapping[str, Kind]

KINDS: Final[Kinds] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            ENTRY,
            DELIVERY_EVENT,
            MATCH,
            CORRECTION,
            REDACTION,
            RUN,
            RUN_STATUS,
            RESOLUTION,
            TASK,
            TASK_CHANGE,
            HANDOVER,
            HANDOVER_TAKEN,
            CONTACT,
            CUSTOMER,
            MERGE,
            PREFERENCE,
            RESEND,
            CALL_OFF,
        )
    }
)

NEWER: Final = "recorded by a newer version"


def words_of(kind: str, kinds: Kinds = KINDS) -> str:
    """Return what people call a kind of record, also of a kind that this version does not know."""
    known = kinds.get(kind)
    return kind.replace("-", " ") if known is None else known.words


def is_decisive(kind: str, kinds: Kinds = KINDS) -> bool:
    """Whether a kind can matter to later decisions about its root. True of unknown kinds."""
    known = kinds.get(kind)
    return known is None or known.is_decisive


def is_manual(public: PublicPart, kinds: Kinds = KINDS) -> bool:
    """Whether people made a record, not a sending system. True of unknown kinds."""
    known = kinds.get(public.kind)
    return known is None or known.is_manual(public.source)
