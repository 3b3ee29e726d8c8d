"""Sending several messages again: what would become of each, one reason, and Enter for all of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Label
from typing_extensions import override

from commlog_tui.desk.dialog import Dialog
from commlog_tui.desk.widgets.personal import is_private
from commlog_tui.desk.work.resend_form import ReasonField
from commlog_tui.desk.work.resending import plan_line, plans_of, send
from commlog_tui.text.resend_plan import Plan
from commlog_tui.text.resends import REASONS

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.desk.session import Session

_HINT: Final = "Enter: send   ↑ ↓: usual reasons   PgUp PgDn: the list   Esc: leave"
_LONGEST_WHY: Final = 500


class ResendSeveral(Dialog["str | None"]):
    """Saves a resend for each message that can be sent; gives what is to be notified, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave", priority=True),
        Binding("pagedown", "turn(1)", "Further", show=False, priority=True),
        Binding("pageup", "turn(-1)", "Back", show=False, priority=True),
    ]

    def __init__(self, session: "Session", entries: Sequence["Entry"]) -> None:
        super().__init__()
        self._session = session
        self._entries = list(entries)
        self._plans: list[Plan] | None = None
        self._is_saved = False

    @override
    def compose(self) -> ComposeResult:
        """Lay out the list and the reason."""
        with Vertical(classes="card", id="resend") as card:
            card.border_title = f"Send {len(self._entries)} messages again"
            with VerticalScroll(id="plans", can_focus=False):
                yield Label("Asking the log …", id="lines", markup=False)
            yield Label("Why", markup=False)
            yield ReasonField(REASONS[1], id="why")
            yield Label("", id="echo", markup=False)
            yield Label(_HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin at the reason."""
        self.set_focus(self.query_one("#why"))
        self._look()

    def set_private(self, *, private: bool) -> None:
        """Hide names, addresses and numbers, or show them again: made anew."""
        del private
        self.query_one("#lines", Label).update("Asking the log …")
        self._look()

    @work(group="look", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        private = is_private(self)
        self._plans = await plans_of(self._session, self._entries, private=private)
        lines = [plan_line(plan, private=private) for plan in self._plans]
        self.query_one("#lines", Label).update("\n".join(lines))
        count, rest = len(self._sendable), len(self._entries) - len(self._sendable)
        words = f"Enter sends {count}." if count else "None of them can be sent."
        self._say(f"{words} {rest} left out; the list says why." if rest else words, is_fault=not count)

    @property
    def _sendable(self) -> list[Plan]:
        return [plan for plan in self._plans or () if not plan.fault and not plan.before]

    def action_turn(self, step: int) -> None:
        """Turn to another part of the list."""
        plans = self.query_one("#plans", VerticalScroll)
        plans.scroll_page_down(animate=False) if step > 0 else plans.scroll_page_up(animate=False)

    def _say(self, words: str, *, is_fault: bool = False) -> None:
        echo = self.query_one("#echo", Label)
        echo.update(words)
        echo.set_class(is_fault, "fault")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        why = self.query_one("#why", Input).value.strip()
        if not why or len(why) > _LONGEST_WHY:
            self._say("Why are they sent again?" if not why else f"At most {_LONGEST_WHY} characters.", is_fault=True)
        elif self._sendable and not self._is_saved:
            self._is_saved = True
            self._save(why)

    @work(group="save", exit_on_error=False)
    async def _save(self, why: str) -> None:
        from commlog_tui.client.outbox import OutboxError

        saved = 0
        try:
            for plan in self._sendable:
                await send(self._session, plan, why)
                saved += 1
        except OutboxError as error:
            self.dismiss(f"{saved} saved to be sent again, then: {error}")
            return
        count = "1 message is" if saved == 1 else f"{saved} messages are"
        self.dismiss(f"Saved: {count} to be sent again.")
