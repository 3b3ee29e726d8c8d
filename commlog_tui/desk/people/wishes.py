"""Choosing what a guest, or whoever has a number or address, does not want, or wants again."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.regions import region_of_zone
from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.desk.widgets.personal import PersonalLabel
from commlog_tui.text.customers import objection_words
from commlog_tui.text.hygiene import cut, safe
from commlog_tui.text.privacy import mask

if TYPE_CHECKING:
    from commlog_tui.contract.customer import Preference
    from commlog_tui.desk.session import Session

WISHES: Final = (
    ("No texts", "sms", False),
    ("No e-mail", "email", False),
    ("No calls", "phone", False),
    ("No WhatsApp", "whatsapp", False),
    ("No messages at all", "", False),
    ("May be written to again", "", True),
)
"""Words, the channel (empty for every one), and whether they may be written to."""
_LINE: Final = 52
"""Cells of a line in the card."""


class WishChooser(ModalScreen["tuple[int, str] | None"]):
    """Gives the number of a wish and the address that it is about alone, or nothing if it was left.

    The address is empty for a wish of the guest.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave", priority=True),
        Binding("tab", "turn", "For whom", priority=True),
        *(Binding(str(number), f"choose({number - 1})", show=False) for number in range(1, len(WISHES) + 1)),
    ]

    def __init__(self, session: "Session", customer_id: str, reach: Iterable[str]) -> None:
        """Set whose wishes these are; without a customer only those of addresses and numbers are offered."""
        super().__init__()
        self._session = session
        self._customer_id = customer_id
        self._subjects = ([""] if customer_id else []) + list(dict.fromkeys(filter(None, reach)))
        self._at = 0
        self._known: tuple[Preference, ...] | None = None

    @override
    def compose(self) -> ComposeResult:
        """Lay out whose wishes these are, what holds now, and the wishes."""
        with Vertical(classes="card -small", id="wishes") as card:
            card.border_title = "What do they want?"
            yield PersonalLabel(id="subject")
            yield PersonalLabel(id="now")
            options = [Option(Content(f"{number} {words}")) for number, (words, _, _) in enumerate(WISHES, 1)]
            yield Choices(*options, markup=False)
            turn = "   Tab: for whom" if len(self._subjects) > 1 else ""
            yield Label(f"1 to 6, or Enter{turn}   Esc: leave", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin at the first one."""
        choices = self.query_one(Choices)
        choices.highlighted = 0
        self.set_focus(choices)
        self._draw()
        self._load()

    @property
    def subject(self) -> str:
        """The address or number that the wish is about alone; empty for the guest."""
        return self._subjects[self._at]

    @property
    def others(self) -> "tuple[Preference, ...]":
        """What holds now of the other subjects."""
        own = self._of_subject()
        return tuple(one for one in self._known or () if one not in own)

    def action_turn(self) -> None:
        """Go on to the next of guest, numbers and addresses."""
        self._at = (self._at + 1) % len(self._subjects)
        self._draw()

    def action_choose(self, number: int) -> None:
        """Give a wish."""
        self.dismiss((number, self.subject))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_choose(event.option_index)

    @work(group="wishes", exit_on_error=False)
    async def _load(self) -> None:
        from commlog_tui.client.errors import ClientError
        from commlog_tui.contract.customer_record import PreferenceQuery

        people, at, found = self._session.client.people, self._session.location, dict[str, "Preference"]()
        queries = [
            PreferenceQuery(to=one) if one else PreferenceQuery(customer_id=self._customer_id) for one in self._subjects
        ]
        try:
            for query in queries:
                found |= {one.id: one for one in (await people.preferences(at, query)).preferences}
        except ClientError:
            return  # what is chosen waits in the outbox
        self._known = tuple(found.values())
        self._draw()

    def _of_subject(self) -> "list[Preference]":
        if not self.subject:
            return [one for one in self._known or () if one.to is None]
        region = region_of_zone(self._session.zone.key)
        form = match_form(self.subject, region)
        return [one for one in self._known or () if one.to is not None and match_form(one.to, region) == form]

    def _draw(self) -> None:
        to, zone = self.subject, self._session.zone
        about = self.query_one("#subject", PersonalLabel)
        if to:
            about.tell(cut(f"Only {safe(to)}, whoever has it", _LINE), f"Only {mask(to)}, whoever has it")
        else:
            about.tell("The guest, at every number and address")
        found = self._of_subject()
        words, hidden = (objection_words(found, zone, private=hide) for hide in (False, True))
        nothing = "Not known now." if self._known is None else "Now: nothing against it"
        now = self.query_one("#now", PersonalLabel)
        now.tell(cut(f"Now: {words}", 2 * _LINE) if words else nothing, f"Now: {hidden}" if words else nothing)


async def record_wish(app: "App[object]", session: "Session", customer_id: str, reach: Iterable[str]) -> None:
    """Ask what a guest, or whoever has an address, wants; save it in the outbox and say so."""
    from commlog_tui.client.outbox import OutboxError
    from commlog_tui.desk.work.saving import save

    chooser = WishChooser(session, customer_id, reach)
    if (choice := await app.push_screen_wait(chooser)) is None:
        return
    number, to = choice
    words, via, allowed = WISHES[number]
    content = {"to": to} if to else {"customer_id": customer_id}
    try:
        await save(session, "preference", content | {"allowed": allowed} | ({"via": via} if via else {}))
    except OutboxError as error:
        app.notify(str(error), severity="error", markup=False)
        return
    is_private = getattr(app, "is_private", False)
    about = f" ({mask(to) if is_private else safe(to)} only)" if to else ""
    against = objection_words(chooser.others, session.zone, private=is_private) if allowed else ""
    still = f" Still: {against}. Tab in the same list ends that." if against else ""
    app.notify(f"Saved: {words}{about}.{still}", markup=False)
