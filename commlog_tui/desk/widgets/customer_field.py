"""A field for a customer: part of a name, number or address offers those it could be."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option
from textual.worker import Worker
from typing_extensions import override

from commlog_tui.contract.folding import fold
from commlog_tui.desk.faults import show_fault
from commlog_tui.desk.widgets.field import Field
from commlog_tui.desk.widgets.key_bar import KeyHints
from commlog_tui.desk.widgets.personal import Personal, is_private
from commlog_tui.text.hygiene import safe
from commlog_tui.text.privacy import MASK, mask

if TYPE_CHECKING:
    from commlog_tui.contract.customer import Customer

Find: TypeAlias = "Callable[[str], Awaitable[tuple[Customer, ...]]]"
"""Searches customers by name, number or address. Empty where that is impossible now."""

_SETTLE: Final = 0.2
_AS_TYPED: Final = "as-typed"
_AS_NEW: Final = "as-new"
_NEW: Final = "A new guest:"
_LONGEST_NAME: Final = 200
_LONGEST_ID: Final = 128
"""Characters, as the contract has it."""


class CustomerField(Vertical, Personal):
    """The customer chosen, and the line to find another."""

    key_hints: ClassVar[KeyHints] = (
        ("Enter", "Pick, and to the table"),
        ("↓", "Into the matches"),
        ("Tab", "Next"),
        ("Esc", "Leave"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "into_list", "Matches", show=False)]

    label = ""
    """Label of the line, where it has one on its left."""

    class Chosen(Message):
        """A customer was chosen."""

    class Changed(Message):
        """The customer chosen before is chosen no more."""

    def __init__(
        self,
        text: str,
        customer: Mapping[str, Any] | None,
        find: Find,
        hint: str,
        *,
        id: str,  # noqa: A002 - Textual's name for it
        new_id: str = "",
    ) -> None:
        """Set whom to show; with ``new_id``, whoever nobody knows can be named as new, under that id."""
        super().__init__(id=id)
        self._new_id = new_id
        self._text = self._chosen_text = text
        self._find = find
        self._hint = hint
        self._found: tuple[Customer, ...] = ()
        self._chosen = dict(customer) if customer else None
        self._looking_for, self._is_pick_due = "", False

    @property
    def customer(self) -> dict[str, Any] | None:
        """Id and name of the customer chosen."""
        return self._chosen

    @property
    def is_used(self) -> bool:
        """Whether somebody is chosen, or something typed."""
        return self._chosen is not None or bool(self.query_one(Field).value.strip())

    @override
    def compose(self) -> ComposeResult:
        """Begin with the line; the list comes with the first match."""
        line = Field(self._text, placeholder=self._hint, id="customer")
        line.label = self.label
        yield line

    @override
    def hide_or_show(self) -> None:
        """Offer nobody any more; the line hides by itself."""
        self._offer("", ())

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when something nobody thought of went wrong."""
        show_fault(event)

    def show(self, text: str, customer: Mapping[str, Any] | None) -> None:
        """Show a customer chosen elsewhere, or nobody."""
        self._chosen, self._chosen_text = dict(customer) if customer else None, text
        line = self.query_one(Field)
        with line.prevent(Input.Changed):
            line.fill(text)
        self._looking_for, self._is_pick_due = "", False
        self._offer("", ())

    def pick_first(self, focused: Widget | None) -> bool:
        """Select the first match if the line has the focus, now or once one is found."""
        if not self._on_line(focused) or self._chosen is not None:
            return False
        if self._looking_for:
            self._is_pick_due = True
            return True
        return self._pick(self.query_one(Field).value.strip())

    def _pick(self, q: str) -> bool:
        """Choose whoever is meant beyond doubt; of several of the same name, have one chosen in the list."""
        if self._new_id and len([one for one in self._found if fold(one.name or "") == fold(q)]) > 1:
            return self.enter_list(self.query_one(Field))
        if self._found:
            self._choose(self._found[0].id)
            return True
        if self._is_new_name(q):
            self._choose_new(q)
            return True
        return False

    def _is_new_name(self, q: str) -> bool:
        return bool(self._new_id) and 0 < len(q) <= _LONGEST_NAME and not any(map(str.isdigit, q)) and "@" not in q

    def _choose_new(self, q: str) -> None:
        self.show(safe(q), {"id": self._new_id, "name": q})
        self.screen.set_focus(self.query_one(Field))
        self.post_message(self.Chosen())

    def enter_list(self, focused: Widget | None) -> bool:
        """Go into the list, if the line has the focus and there is one."""
        matches = self._matches()
        if matches is None or not (self._on_line(focused) and matches.option_count):
            return False
        self.screen.set_focus(matches)
        matches.highlighted = 0
        return True

    def action_into_list(self) -> None:
        """Go into the list, or on to what is below."""
        if not self.enter_list(self.screen.focused):
            self.screen.focus_next()

    def _on_line(self, focused: Widget | None) -> bool:
        return isinstance(focused, Field) and focused.parent is self

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if self._chosen is not None:
            if event.value == self._chosen_text:
                return
            self._chosen = None
            self.post_message(self.Changed())
        self._looking_for, self._is_pick_due = event.value.strip(), False
        self._look_up(self._looking_for)

    @work(exclusive=True, group="find", exit_on_error=False)
    async def _look_up(self, q: str) -> None:
        self._offer("", ())
        if not q:
            return
        try:
            await asyncio.sleep(_SETTLE)
            found = await self._find(q)
        finally:
            is_due = self._is_pick_due and self._looking_for == q
            if self._looking_for == q:
                self._looking_for, self._is_pick_due = "", False
        self._offer(q, found)
        if is_due and self._on_line(self.screen.focused):
            self._pick(q)

    def _offer(self, q: str, found: "tuple[Customer, ...]") -> None:
        self._found = found
        words = partial(_words, with_id=bool(self._new_id), private=is_private(self))
        options = [Option(Content(words(one)), id=f"customer:{one.id}") for one in found]
        if self._is_new_name(q):
            options.append(Option(Content(f"{_NEW} {safe(q)}"), id=_AS_NEW))
        if 0 < len(q) <= _LONGEST_ID:
            options.append(Option(Content(f"the id {safe(q)}"), id=_AS_TYPED))
        matches = self._matches()
        if matches is None:
            if options:
                self.mount(OptionList(*options, id="matches", markup=False))
            return
        matches.set_options(options)
        matches.display = bool(options)

    def _matches(self) -> OptionList | None:
        """Return the list of matches, if there was one ever."""
        return next(iter(self.query(OptionList)), None)

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        typed = self.query_one(Field).value.strip()
        if event.option_id == _AS_NEW:
            self._choose_new(typed)
            return
        self._choose(typed if event.option_id == _AS_TYPED else str(event.option_id).removeprefix("customer:"))

    def _choose(self, customer_id: str) -> None:
        known = next((one for one in self._found if one.id == customer_id), None)
        name = {"name": known.name} if known is not None and known.name else {}
        self.show(safe(str(name.get("name", customer_id))), {"id": customer_id} | name)
        self.screen.set_focus(self.query_one(Field))
        self.post_message(self.Chosen())


def _words(customer: "Customer", *, with_id: bool, private: bool) -> str:
    """Return a match: its name and a number or address; with the id, all that tells two of a name apart."""
    name, hide = (MASK, mask) if private else (customer.name or "", str)
    if not with_id and not private:
        reach = next(iter((*customer.numbers, *customer.addresses)), "")
        return f"{safe(name or customer.id)}  {safe(reach)}"
    reach_of_each = (hide(next(iter(reach), "")) for reach in (customer.numbers, customer.addresses))
    parts = (name, *reach_of_each, customer.id, "made here" if customer.local else "")
    return "  ".join(safe(part) for part in parts if part)
