"""The guest at the desk: who they are, their right address, wishes, merging."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Label

from commlog_tui.desk.people.contact_form import ContactForm
from commlog_tui.desk.people.guest import GuestScreen
from commlog_tui.desk.people.merging import MergeChooser
from commlog_tui.desk.people.wishes import WishChooser
from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.desk.widgets.detail_pane import DetailPane
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, an_entry
from tests.desk.steps import drawn, rows, toasts, until

SIZES = pytest.mark.parametrize("size", [(80, 24), (140, 40)])
ZOE = {"id": "c-1", "name": "Zoë Quay", "addresses": ("zoe@gmial.com",), "numbers": ("07700 900123",)}


def a_log() -> FakeLog:
    return FakeLog([an_entry(via="email", to="zoe@gmial.com", customer=ZOE), an_entry(2, customer=None)])


def shown(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(DetailPane).text if isinstance(pilot.app.screen, GuestScreen) else ""


def echo(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#echo", Label).render())


@SIZES
async def test_an_address_is_corrected_with_two_keys_beyond_the_words(desk: Open, size: tuple[int, int]) -> None:
    log = a_log()
    async with desk(log).run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("M")
        await until(pilot, lambda: isinstance(pilot.app.screen, ContactForm))
        assert "Did you mean zoe@gmail.com?" in echo(pilot)
        await pilot.press("ctrl+u", *"zoe@gmail.com", "enter")
        await until(pilot, lambda: log.people.contacts)
    (contact,) = log.people.contacts
    assert (contact.customer_id, contact.old, contact.new, contact.reason) == (
        "c-1", "zoe@gmial.com", "zoe@gmail.com", None,
    )  # fmt: skip


async def test_what_is_typed_replaces_the_address_as_where_one_sends_again(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("M")
        await until(pilot, lambda: isinstance(pilot.app.screen, ContactForm))
        await pilot.press(*"zoe@example.com", "enter")
        await until(pilot, lambda: log.people.contacts)
    assert log.people.contacts[0].new == "zoe@example.com"


async def test_two_addresses_in_one_are_hinted_at(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("M")
        await until(pilot, lambda: isinstance(pilot.app.screen, ContactForm))
        await pilot.press("end", *"zoe@gmail.com")
        await until(pilot, lambda: "two @" in echo(pilot))


async def test_nothing_is_saved_before_something_is_changed(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("M", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ContactForm))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ContactForm))
        assert not log.people.contacts


@SIZES
async def test_the_guest_shows_what_is_known_and_what_is_recorded_there(desk: Open, size: tuple[int, int]) -> None:
    log = a_log()
    log.todo.put(1, NOW, words="Ring back", customer={"id": "c-1", "name": "Zoë Quay"})
    async with desk(log).run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("D")
        await until(pilot, lambda: "Ring back" in shown(pilot))
        assert "Zoë Quay" in shown(pilot)
        assert "07700 900123" in shown(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, WishChooser))
        await pilot.press("1")
        await until(pilot, lambda: log.people.wishes)
        (wish,) = log.people.wishes
        assert (wish.customer_id, wish.via, wish.allowed) == ("c-1", "sms", False)
        log.tell(None, "preference")
        await until(pilot, lambda: "no texts" in shown(pilot))
        await pilot.press("c")
        await until(pilot, lambda: "History of Zoë Quay" in "\n".join(drawn(pilot)))


@SIZES
async def test_a_wish_can_be_that_of_a_number_alone_and_be_ended_there(desk: Open, size: tuple[int, int]) -> None:
    log = FakeLog([an_entry(via="sms", to="07700 900123", customer=ZOE)])
    async with desk(log).run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("D")
        await until(pilot, lambda: "Zoë Quay" in shown(pilot))
        await pilot.press("n")
        await until(pilot, lambda: "Now: nothing against it" in "\n".join(drawn(pilot)))
        await pilot.press("tab")
        await until(pilot, lambda: "Only 07700 900123, whoever has it" in "\n".join(drawn(pilot)))
        await pilot.press("1")
        await until(pilot, lambda: log.people.wishes)
        (wish,) = log.people.wishes
        assert (wish.customer_id, wish.to, wish.via, wish.allowed) == (None, "07700 900123", "sms", False)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, WishChooser))
        await until(pilot, lambda: "Now: nothing against it" in "\n".join(drawn(pilot)))
        await pilot.press("6")
        await until(pilot, lambda: len(log.people.wishes) == 2)
        await until(pilot, lambda: isinstance(pilot.app.screen, GuestScreen))
        await pilot.press("escape")
        await until(pilot, lambda: any("Still: no texts to 07700 900123" in one for one in toasts(pilot)))
        await pilot.press("D")
        await until(pilot, lambda: "Zoë Quay" in shown(pilot))
        await pilot.press("n", "tab")
        await until(pilot, lambda: "Now: no texts to 07700 900123" in "\n".join(drawn(pilot)))
        await pilot.press("6")
        await until(pilot, lambda: len(log.people.wishes) == 3)
        assert (log.people.wishes[2].to, log.people.wishes[2].allowed) == ("07700 900123", True)


async def test_a_number_of_nobody_has_wishes_which_show_where_one_writes_to_it(desk: Open) -> None:
    log = FakeLog([an_entry(via="sms", to="07700 900999", customer=None)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("D")
        await until(pilot, lambda: "Only 07700 900999, whoever has it" in "\n".join(drawn(pilot)))
        await pilot.press("5")
        await until(pilot, lambda: log.people.wishes)
        assert (log.people.wishes[0].to, log.people.wishes[0].via) == ("07700 900999", None)
        await pilot.press("n", "s")
        await until(pilot, lambda: "no messages to 07700 900999" in "\n".join(drawn(pilot)))


async def test_whoever_is_named_nowhere_and_has_no_address_has_no_wishes(desk: Open) -> None:
    async with desk(FakeLog([an_entry(via="in-person", to="", customer=None)])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("D")
        await until(pilot, lambda: any("names no guest" in one for one in toasts(pilot)))


async def test_a_guest_of_our_own_is_merged_and_separated(desk: Open) -> None:
    local = {"id": "local-1", "name": "Zoë Quay", "numbers": ("07700 900999",)}
    log = FakeLog([an_entry(customer=ZOE), an_entry(2, customer=local)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("D")
        await until(pilot, lambda: "c-1" in shown(pilot))
        await pilot.press("m")
        await until(pilot, lambda: "local-1" in "".join(str(one) for one in _options(pilot)))
        await pilot.press("enter")
        await until(pilot, lambda: log.people.merges)
        log.tell(None, "merge")
        await until(pilot, lambda: "Also" in shown(pilot))
        await pilot.press("s")
        await until(pilot, lambda: len(log.people.merges) == 2)
    first, last = log.people.merges
    assert {first.customer_id, first.into} == {"c-1", "local-1"}
    assert (last.customer_id, last.into, last.step.value) == (first.customer_id, first.into, "separated")


@pytest.mark.parametrize("keys", [(), ("h",)])
async def test_the_other_guest_is_found_by_what_is_typed(desk: Open, keys: tuple[str, ...]) -> None:
    other = {"id": "c-2", "name": "Maya Reed", "numbers": ("07700 900999",)}
    log = FakeLog([an_entry(customer=ZOE), an_entry(2, customer=other)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press(*keys, "D")
        await until(pilot, lambda: "c-1" in shown(pilot))
        await pilot.press("m")
        await until(pilot, lambda: isinstance(pilot.app.screen, MergeChooser))
        await pilot.press("ctrl+u", *"maya")
        await until(pilot, lambda: "c-2" in "".join(str(one) for one in _options(pilot)))
        await until(pilot, lambda: "c-2" in "".join(drawn(pilot)))
        card = "\n".join(drawn(pilot))
        assert "maya" in card  # what is typed is seen
        assert ("Maya Reed" in card, "900999" in card) == (not keys, not keys)
        await pilot.press("enter")
        await until(pilot, lambda: log.people.merges)


def _options(pilot: Pilot[None]) -> list[object]:
    return [
        choices.get_option_at_index(index).prompt
        for choices in pilot.app.screen.query(Choices)
        for index in range(choices.option_count)
    ]


async def test_in_privacy_mode_nothing_of_the_guest_is_shown(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("h", "D")
        await until(pilot, lambda: "Last messages" in shown(pilot))
        assert "Zoë" not in shown(pilot)
        assert "gmial" not in shown(pilot)
        assert "900123" not in shown(pilot)


async def test_an_entry_without_a_guest_says_so(desk: Open) -> None:
    log = FakeLog([an_entry(customer=None)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("M")
        await until(pilot, lambda: "names no guest" in "".join(toasts(pilot)))
