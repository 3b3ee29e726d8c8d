"""The checklist of a booking, above its entries."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from commlog_tui.desk.widgets.key_bar import KeyHints
from commlog_tui.text.moments import ago, local
from commlog_tui.text.privacy import MASK

if TYPE_CHECKING:
    from commlog_tui.contract.booking import BookingChecklist, BookingLine, BookingQuery
    from commlog_tui.desk.session import Session
    from commlog_tui.expectations.booking import Line

_MARKS: Final = {
    "delivered": ("✓", "$text-success"),
    "sent": ("→", "$foreground"),
    "due": ("…", "$foreground"),
    "overdue": ("!", "$text-error"),
    "failed": ("✗", "$text-error"),
    "skipped": ("·", "$text-muted"),
    "not-expected": ("·", "$text-muted"),
    "logged": ("✎", "$text-muted"),
}
_NEWER_MARK: Final = ("?", "$text-muted")
NO_RULES: Final = "No rules are set here, so nothing is expected; see commlog expect."


class ChecklistPane(VerticalScroll, can_focus=True):
    """Every expected and every actual message of a booking, in order of time."""

    key_hints: ClassVar[KeyHints] = (("↓ ↑", "Scroll"), ("Tab", "To the table"), ("Ctrl+P", "All by name"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("up,k", "scroll_up", "Up", show=False),
    ]

    def __init__(self, session: "Session", query: "BookingQuery") -> None:
        super().__init__(id="checklist")
        self._session = session
        self._query = query
        self._answer: BookingChecklist | None = None
        self._is_current = True
        self._content = Content("")
        self.private = False

    @override
    def compose(self) -> ComposeResult:
        """Lay out the lines; no room is taken before there are any."""
        self.display = False
        yield Static(self._content, markup=False)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._content.plain if self.display else ""

    @property
    def open_lines(self) -> "tuple[BookingLine, ...]":
        """The lines that somebody should do something about, and that can be ticked off."""
        lines = self._answer.lines if self._answer is not None else ()
        return tuple(line for line in lines if line.open and (line.entry or line.kind))

    def subject(self, line: "BookingLine") -> dict[str, str]:
        """Return what a resolution of a line is about: its entry, or the message that was expected."""
        if line.entry is not None:
            return {"entry": line.entry}
        booking = {"reference": self._query.reference, "code": self._query.code}
        return {name: value for name, value in booking.items() if value} | {"expected": line.kind or ""}

    async def load(self) -> None:
        """Ask for the checklist and show it. A service that cannot compute it is asked no more."""
        from commlog_tui.client.errors import ClientError, NotSupportedError

        try:
            self._answer = await self._session.client.booking(self._session.location, self._query)
        except NotSupportedError:
            return
        except ClientError:
            self._is_current = False  # the page's request says how things stand
        else:
            self._is_current = True
        self.draw()

    def draw(self) -> None:
        """Draw the checklist as it was answered last."""
        if self._answer is None:
            return
        content = Content("\n").join(
            _lines(self._answer, self._session.zone, private=self.private, is_current=self._is_current)
        )
        self.display = True
        if content != self._content:
            self._content = content
            self.query_one(Static).update(content)


def _lines(answer: "BookingChecklist", zone: ZoneInfo, *, private: bool, is_current: bool) -> Iterator[Content]:
    from commlog_tui.expectations.answers import checklist_of
    from commlog_tui.expectations.line_words import checklist_words

    now, found = datetime.now(UTC), checklist_of(answer)
    if private:
        found = replace(found, lines=tuple(map(_masked, found.lines)))
    yield Content.styled(_heading(answer, zone, now, is_current=is_current), "$text-accent bold")
    for line, words in zip(found.lines, checklist_words(found, zone, now), strict=True):
        mark, style = _MARKS.get(line.state.value, _NEWER_MARK)
        is_done = line.resolved is not None or line.settled_at is not None
        yield Content.styled(f"{mark} {words}", "$text-muted" if is_done else style)
        if line.is_open and line.advice:
            yield Content.styled(f"  To do: {line.advice}", "$foreground")
    if not found.lines:
        yield Content.styled("Nothing is on record about this booking.", "$text-muted")
    if not answer.rules:
        yield Content.styled(NO_RULES, "$text-muted")


def _heading(answer: "BookingChecklist", zone: ZoneInfo, now: datetime, *, is_current: bool) -> str:
    count = sum(line.open for line in answer.lines)
    parts = [f"Checklist: {count} to do" if count else "Checklist: nothing to do"]
    if answer.starts_at is not None:
        tense = "starts" if answer.starts_at >= now else "started"
        parts.append(f"{tense} {local(answer.starts_at, zone)} ({ago(answer.starts_at, now)})")
    if answer.canceled_at is not None:
        parts.append(f"canceled {local(answer.canceled_at, zone)}")
    if not is_current:
        parts.append("as it was: no answer now")
    return "  ·  ".join(parts)


def _masked(line: "Line") -> "Line":
    """Return a line as anybody may see it: titles by hand, reasons and notes may name people."""
    resolved = line.resolved and replace(line.resolved, note=None)
    return replace(line, title=line.title if line.kind else MASK, reason=None, resolved=resolved)
