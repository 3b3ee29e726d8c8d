"""Sending one message again: to whom, why, and what is known before. Enter sends from every field."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label
from typing_extensions import override

from commlog_tui.desk.dialog import Dialog
from commlog_tui.desk.widgets.field import Field
from commlog_tui.desk.widgets.personal import PersonalLabel, is_private
from commlog_tui.desk.work.resending import (
    ask,
    corrected_recipient,
    send,
    suggested_recipient,
    usual_reason,
    waiting,
)
from commlog_tui.text.hygiene import cut, safe, safe_lines
from commlog_tui.text.privacy import MASK, mask, masked
from commlog_tui.text.resend_plan import Plan, plan_of
from commlog_tui.text.resends import REASONS, route_words

if TYPE_CHECKING:
    from commlog_tui.client.outbox_item import OutboxItem
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.resend import Resend
    from commlog_tui.desk.session import Session

_HINT: Final = "Enter: send   ↑ ↓: usual reasons   Tab: next field   F4: sent by hand   Esc: leave"
_LONGEST: Final = {"to": 320, "why": 500}
_LINE: Final = 72
"""Cells of a line in the card."""
_LINES: Final = 4
"""Of the text, that are shown."""
_MOST_WARNINGS: Final = 4
_WAIT: Final = 0.3
"""Seconds after the last letter of an address until the log is asked about it."""


class ReasonField(Field):
    """A line for a reason, in which the arrows go through the usual ones."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "Next reason", show=False),
        Binding("up", "step(-1)", "Reason before", show=False),
    ]

    common = REASONS

    def action_step(self, step: int) -> None:
        """Go to a neighbouring reason, round the ends."""
        here = REASONS.index(self.value) if self.value in REASONS else -1 if step > 0 else 0
        self.fill(REASONS[(here + step) % len(REASONS)])


class ResendForm(Dialog["str | None"]):
    """Saves a resend in the outbox; gives what is to be notified of it, or nothing if it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave", priority=True),
        Binding("f4", "by_hand", "By hand", priority=True),
        Binding("f8", "call_off", "Call off", priority=True),
    ]

    def __init__(self, session: "Session", entry: "Entry", refused: "OutboxItem | None" = None) -> None:
        """With a ``refused`` item, begin with what was typed; it is replaced by what is saved."""
        super().__init__()
        self._refused = refused
        self._typed_before: Mapping[str, Any] = {} if refused is None else refused.content
        self._session = session
        self._entry = entry
        self._by_hand = bool(self._typed_before.get("by_hand"))
        self._corrected: str | None = None
        """What the address was corrected to, empty for nothing; None as long as that was not asked."""
        self._plan: Plan | None = None
        """For the address that is typed; None while the log is asked about it."""
        self._hidden_plan: Plan | None = None
        """The same without personal data."""
        self._asked_again = False
        """Whether it was said that the message was sent again to this address before."""
        self._wants = False
        """Whether Enter was pressed while the log was asked."""
        self._waiting: Resend | None = None
        """What was asked for before and waits to be sent; F8 calls it off."""
        self._is_saved = False

    @override
    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        before = self._typed_before
        to = str(before.get("to") or suggested_recipient(self._entry))
        with Vertical(classes="card", id="resend") as card:
            card.border_title = "Send again"
            yield PersonalLabel(self._about(), self._about(private=True), id="about")
            yield Label("To", markup=False)
            yield Field(to, placeholder="address or number", id="to")
            yield Label("Why", markup=False)
            yield ReasonField(str(before.get("why") or usual_reason(self._entry, to)), id="why")
            yield PersonalLabel(self._text(), self._text(private=True), id="preview")
            if self._refused is not None and self._refused.reason:
                yield Label(f"Refused: {safe(self._refused.reason)}", classes="fault", markup=False)
            yield PersonalLabel("Asking the log …", "Asking the log …", id="echo")
            yield Label(_HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin at the address, ready to be replaced by what is typed."""
        field = self.query_one("#to", Input)
        self.set_focus(field)
        field.select_all()
        self._look()

    def _about(self, *, private: bool = False) -> str:
        entry = self._entry
        to = mask(entry.to) if private else safe(entry.to)
        title = safe(masked(entry).title if private else entry.title)
        return f"{cut(title, _LINE)}, to {cut(to, _LINE) or 'nobody named'}: {safe(entry.status.value)}"

    def _text(self, *, private: bool = False) -> str:
        if self._entry.body is None:
            return "Its text was not kept."
        lines = [MASK] if private else safe_lines(self._entry.body)
        more = [f"… {len(lines) - _LINES} lines more"] if len(lines) > _LINES else []
        return "\n".join([*lines[:_LINES], *more])

    @property
    def _to(self) -> str:
        return self.query_one("#to", Input).value.strip()

    @property
    def _why(self) -> str:
        return self.query_one("#why", Input).value.strip()

    @on(Input.Changed, "#to")
    def _typed(self) -> None:
        why = self.query_one("#why", ReasonField)
        if why.value in REASONS[:2]:
            why.fill(usual_reason(self._entry, self._to))
        self._plan, self._asked_again = None, False
        self._look(_WAIT)

    @work(group="look", exclusive=True, exit_on_error=False)
    async def _look(self, wait: float = 0.0) -> None:
        """Ask the log about the address, and say what it knows."""
        import asyncio

        await asyncio.sleep(wait)
        await self._propose()
        to = self._to
        found = await ask(self._session, self._entry, to)
        self._waiting = waiting(found)
        self._plan = plan_of(self._entry, to, found, self._session.zone)
        self._hidden_plan = plan_of(self._entry, to, found, self._session.zone, private=True)
        self._echo()
        if self._wants:
            self._wants = False
            self._enter()

    async def _propose(self) -> None:
        """Put in what the address was corrected to, unless something was typed meanwhile."""
        if self._corrected is not None or self._refused is not None:
            return
        self._corrected = await corrected_recipient(self._session, self._entry)
        field = self.query_one("#to", Field)
        if self._corrected and not field.has_history:
            with self.prevent(Input.Changed):
                field.fill(self._corrected)
                field.select_all()
                self.query_one("#why", ReasonField).fill(usual_reason(self._entry, self._corrected))

    def _echo(self) -> None:
        plan, hidden = self._plan, self._hidden_plan
        if plan is not None and hidden is not None:
            is_fault = bool(plan.fault) and not (self._by_hand and plan.by_hand)
            self.query_one("#echo", PersonalLabel).tell(self._words(plan), self._words(hidden), is_fault=is_fault)

    def _words(self, plan: Plan) -> str:
        if self._by_hand and plan.by_hand:
            way = "By hand: it is recorded that you have sent it."
        elif plan.fault:
            way = f"{plan.fault} F4 records that you have sent it." if plan.by_hand else plan.fault
        elif plan.route == "later":
            way = ""
        else:
            way = f"Goes {route_words(plan.route)}."
        before = f"{plan.before} Enter once more sends it all the same." if self._asked_again else plan.before
        off = "F8 calls off what waits to be sent." if self._waiting is not None else ""
        words = [one for one in (before, off, *plan.warnings[:_MOST_WARNINGS], way) if one]
        return "\n".join(words)

    def _say(self, words: str, *, is_fault: bool = False) -> None:
        self.query_one("#echo", PersonalLabel).tell(words, is_fault=is_fault)

    def action_by_hand(self) -> None:
        """Only record that somebody has sent it, or let it be sent after all."""
        self._by_hand = not self._by_hand
        self._echo()

    def action_call_off(self) -> None:
        """Record that what waits is not to be sent."""
        if self._waiting is None:
            self._say("Nothing of this message waits to be sent again.")
        elif not self._is_saved:
            self._is_saved = True
            self._call_off(self._waiting)

    @work(group="save", exit_on_error=False)
    async def _call_off(self, resend: "Resend") -> None:
        from commlog_tui.client.outbox import OutboxError
        from commlog_tui.desk.work.saving import save

        try:
            await save(self._session, "call-off", {"resend": resend.id}, resend.original)
        except OutboxError as error:
            self._is_saved = False
            self._say(str(error), is_fault=True)
            return
        self.dismiss("Saved: it is called off, unless it is being sent just now; the message says so.")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._plan is None:
            self._wants = True
            self._look()
        else:
            self._enter()

    def _enter(self) -> None:
        plan = self._plan
        if plan is None or self._is_saved:
            return
        too_long = next((name for name, most in _LONGEST.items() if len(getattr(self, f"_{name}")) > most), None)
        if too_long is not None:
            self._say(f"At most {_LONGEST[too_long]} characters.", is_fault=True)
        elif not self._why:
            self._say("Why is it sent again?", is_fault=True)
        elif plan.fault and not (self._by_hand and plan.by_hand):
            self._echo()
        elif plan.before and not self._asked_again:
            self._asked_again = True
            self._echo()
        else:
            self._is_saved = True
            self._save(plan)

    @work(group="save", exit_on_error=False)
    async def _save(self, plan: Plan) -> None:
        from commlog_tui.client.outbox import OutboxError

        try:
            await send(
                self._session, plan, self._why, by_hand=self._by_hand, again=bool(plan.before), replaces=self._refused
            )
        except OutboxError as error:
            self._is_saved = False
            self._say(str(error), is_fault=True)
            return
        to = mask(plan.to) if is_private(self) else safe(plan.to)
        when = " when the log can be reached" if plan.route == "later" else ""
        words = "Saved: sent by hand to {}." if self._by_hand else f"Saved: is to be sent again to {{}}{when}."
        self.dismiss(words.format(to))
