"""A morning at the harbour, as a log: every channel, every fate, several alphabets."""

from datetime import timedelta
from typing import Any

from typing_extensions import override

from commlog_tui.contract.entry import Entry, EntryDetail
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, a_detail, an_entry, an_id, nasty_entry
from tests.nasty import NASTY

ZOE = {"id": "c-10000", "name": "Zoë Archer", "addresses": ["zoe.archer@example.com"], "numbers": ["07700 900123"]}
TANAKA = {"id": "c-10007", "name": "田中 さくら", "addresses": ["sakura@example.org"], "numbers": ["+81 3-5550-0123"]}
SMIRNOVA = {"id": "c-10011", "name": "Анна Смирнова", "addresses": ["anna@example.net"], "numbers": []}
LONG = "Your day on the water: everything to bring, where to park, and how to reach us on the morning"

_MORNING: tuple[dict[str, Any], ...] = (
    {"via": "phone", "title": "Asked about parking", "source": "manual", "actor": "Front desk", "direction": "inbound",
     "status": "logged", "customer": ZOE, "code": "HB-7KU5R", "body": "Explained the car park behind the slipway."},
    {"via": "sms", "title": "Template: Booking Reminder SMS", "source": "template", "customer": ZOE,
    "code": "HB-7KU5R"},
    {"via": "email", "to": "sakura@example.org", "title": LONG, "customer": TANAKA, "code": "HB-2Q9XZ"},
    {"via": "email", "to": "anna@example.net", "title": "Booking Confirmation", "status": "bounced",
    "customer": SMIRNOVA},
    {"via": "whatsapp", "to": "+81 3-5550-0123", "title": "How was your trip? ⛵", "status": "deferred",
    "customer": TANAKA},
    {"via": "in-person", "to": "", "title": "Wants to move to the afternoon", "source": "manual", "actor": "Front desk",
     "direction": "inbound", "status": "logged", "customer": None, "reference": None, "corrected": True},
    {"via": "sms", "title": "Booking Confirmation SMS", "status": "failed", "customer": ZOE},
    {"via": "email", "to": "zoe.archer@example.com", "title": "Refund Notice", "status": "sent", "customer": ZOE},
)  # fmt: skip


def morning(copies: int = 10) -> list[Entry]:
    """Return the morning, over and over, an hour apart."""
    return [
        an_entry(number, sent_at=NOW - timedelta(minutes=47 * number), **_MORNING[(number - 1) % len(_MORNING)])
        for number in range(1, copies * len(_MORNING) + 1)
    ]


class Story(FakeLog):
    """The morning, with what became of each message."""

    @override
    async def detail(self, location: str, entry_id: str) -> EntryDetail:
        """Return the entry with events, or with the corrections of a manual one."""
        self._fail()
        entry = next(one for one in self.entries if one.id == entry_id)
        answer: dict[str, Any] = {
            "actor": "Booking system",
            "recorded_at": NOW,
            "seq": 900,
            "id": an_id(900),
            "to": None,
        }
        kinds = {"delivered": ("sent", "delivered"), "bounced": ("sent", "bounced")}.get(entry.status.value, ())
        reasons = {"bounced": "550 5.1.1 no such user here"}
        events = [
            {
                **answer,
                "id": an_id(900 + number),
                "kind": kind,
                "at": entry.sent_at + timedelta(seconds=number),
                "detail": reasons.get(kind),
            }
            for number, kind in enumerate(kinds, 1)
        ]
        if not entry.corrected:
            return a_detail(entry, events=events)
        correction = {**answer, "changes": {"title": entry.title}, "reason": "Wrong boat", "actor": "Front desk"}
        return a_detail(entry, original=entry.model_copy(update={"title": "Wants to move"}), corrections=[correction])


def nasty_morning() -> list[Entry]:
    """Return a log in which every text is hostile."""
    return [nasty_entry(number, text) for number, text in enumerate(NASTY.values(), 1)]
