"""Choosing another log: a profile of the settings, or another location that the token sees."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.desk.target import Profile, Target
from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.desk.session import Session


def choices(
    profiles: Sequence[Profile], resolve: Callable[[], Target], session: "Session | None"
) -> tuple[Profile, ...]:
    """Return the profiles, and the other locations that the token of the open log sees."""
    if session is None:
        return tuple(profiles)
    others = (place for place in session.me.locations if place.id != session.location)
    return (
        *profiles,
        *(Profile(place.name, "a location of this log", partial(_at, resolve, place.id)) for place in others),
    )


def _at(resolve: Callable[[], Target], location: str) -> Target:
    return resolve()._replace(location=location)


class ProfileChooser(ModalScreen[Profile | None]):
    """Asks for a profile, or returns None to stay. Shows how many items the outbox holds."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,P", "dismiss(None)", "Stay here"),
    ]

    def __init__(self, profiles: tuple[Profile, ...], unsent: int) -> None:
        super().__init__()
        self._profiles = profiles
        self._kept = unsent

    @override
    def compose(self) -> ComposeResult:
        """Show where one can go."""
        with Vertical(classes="card") as card:
            card.border_title = "Go to another log"
            yield Choices(
                *(Option(Content(f"{safe(one.name)}  ·  {safe(one.where)}")) for one in self._profiles), markup=False
            )
            if self._kept:
                items = "1 item is" if self._kept == 1 else f"{self._kept} items are"
                yield Label(
                    f"{items} kept in this log's outbox: not lost, but not sent until this log is open again.",
                    markup=False,
                )
            if len(self._profiles) <= 1:
                words = (
                    "There is no other yet. Name some as [profiles.NAME] in the settings file; commlog config --path "
                    "finds it."
                )
                yield Label(words, markup=False)
            yield Label("Enter: go there   Esc: stay here", classes="hint", markup=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._profiles[event.option_index])
