"""Asking for a proof sheet: what is offered, what stays hidden, and what is said where there is none."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.widgets import OptionList
from typing_extensions import override

from commlog_tui.client.errors import UnreachableError
from commlog_tui.contract.entry import Entry
from commlog_tui.contract.ledger import SignedCheckpoint
from commlog_tui.desk.proofs import subjects
from commlog_tui.desk.screens.proof_chooser import ProofChooser
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry, nasty_entry
from tests.desk.screens.conftest import Open
from tests.desk.screens.steps import at_fault, bar, drawn, rows, table, toasts, until
from tests.nasty import NASTY, is_harmless


async def test_what_is_hidden_stays_hidden_when_a_proof_sheet_is_asked_for(desk: Open, tmp_path: Path) -> None:
    async with desk(FakeLog([an_entry(1)]), proof_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("h", "z")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProofChooser))
        assert "All of this customer" in "\n".join(drawn(pilot))
        assert "Zoë" not in "\n".join(drawn(pilot))
        await pilot.press("z")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ProofChooser))
        assert not toasts(pilot)


async def test_an_entry_of_no_booking_about_nobody_offers_itself(desk: Open, tmp_path: Path) -> None:
    log = FakeLog([an_entry(1, reference=None, customer=None)])
    async with desk(log, proof_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("z")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProofChooser))
        assert pilot.app.screen.query_one(OptionList).option_count == 1


class SlowLog(FakeLog):
    """A log that takes its time to tell what becomes part of a proof."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__(entries)
        self.answer = asyncio.Event()

    @override
    async def checkpoint(self, location: str) -> SignedCheckpoint:
        await self.answer.wait()
        return await super().checkpoint(location)


async def test_while_a_sheet_is_made_the_keys_go_on_and_the_bar_says_so(desk: Open, tmp_path: Path) -> None:
    log = SlowLog([an_entry(1), an_entry(2)])
    async with desk(log, proof_folder=tmp_path / "proofs", folder=None).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("z", "enter")
        await until(pilot, lambda: "making a proof sheet" in bar(pilot))
        await pilot.press("down")
        assert table(pilot).row == 1
        await pilot.press("c")
        await until(pilot, lambda: "History" in "".join(drawn(pilot)))
        await pilot.press("q")
        assert not toasts(pilot)
        log.answer.set()
        await until(pilot, lambda: toasts(pilot))
        assert "making" not in bar(pilot)


async def test_without_a_service_none_is_made_and_the_keys_go_on(desk: Open, tmp_path: Path) -> None:
    log = FakeLog([an_entry(1), an_entry(2)])
    async with desk(log, proof_folder=tmp_path / "proofs").run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("z")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProofChooser))
        log.failing = UnreachableError()
        await pilot.press("enter")
        await until(pilot, lambda: toasts(pilot))
        assert toasts(pilot)[0].endswith("No proof sheet was made.")
        assert not at_fault(pilot)
        assert "making" not in bar(pilot)
    assert not (tmp_path / "proofs").exists()


@pytest.mark.parametrize(
    ("log", "folder", "words"), [(FakeLog([]), True, "no entry here"), (FakeLog([an_entry(1)]), False, "proof_folder")]
)
async def test_the_key_says_why_it_can_do_nothing(desk: Open, tmp_path: Path, log: FakeLog, folder: bool, words: str) -> None:
    async with desk(log, proof_folder=tmp_path if folder else None).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: pilot.app.screen.query("#reference"))
        await pilot.press("z")
        await until(pilot, lambda: words in "".join(toasts(pilot)))


@pytest.mark.parametrize("name", NASTY)
def test_nasty_texts_are_offered_safe(name: str) -> None:
    for private in (False, True):
        for subject in subjects(nasty_entry(1, NASTY[name]), is_private=private):
            assert is_harmless(subject.shown)
