"""Asking for a proof sheet.

What is offered, what stays hidden, and what is said where there is none.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets._toast import Toast
from typing_extensions import override

from commlog_tui.client.errors import UnreachableError
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.entry import Entry
from commlog_tui.contract.ledger import SignedCheckpoint
from commlog_tui.desk.choosers.made_proofs import MadeProofs
from commlog_tui.desk.choosers.proof import ProofChooser
from commlog_tui.desk.proofs import folded, subjects
from commlog_tui.evidence.extras import has_proof_extra
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, an_entry, nasty_entry
from tests.desk.steps import SIZES, at_fault, bar, drawn, rows, table, toasts, until
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
async def test_the_key_says_why_it_can_do_nothing(
    desk: Open, tmp_path: Path, log: FakeLog, folder: bool, words: str
) -> None:
    async with desk(log, proof_folder=tmp_path if folder else None).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: pilot.app.screen.query("#reference"))
        await pilot.press("z")
        await until(pilot, lambda: words in "".join(toasts(pilot)))


def put_proof(folder: Path, stem: str, *, pdf: bool = True) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in (".json", *([".pdf"] if pdf else [])):
        (folder / f"{stem}{suffix}").write_bytes(b"")
        os.utime(folder / f"{stem}{suffix}", (NOW.timestamp(), NOW.timestamp() + len(stem)))


@pytest.mark.parametrize("size", SIZES)
async def test_proof_sheets_made_before_are_found_opened_and_their_path_copied(
    desk: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    for name in ("SSH_CONNECTION", "SSH_TTY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    folder = tmp_path / "Somebody's own documents" / "and what they keep of the commlog desk"
    put_proof(folder, "proof-entry-7d3a1c9e-20261101-101500")
    put_proof(folder, "proof-customer-c-1-20261103-111500-1234abcd", pdf=False)
    put_proof(folder, "proof-booking-HB-12345-20261102-101500-0a1b2c3d")
    (folder / "notes.pdf").write_bytes(b"")
    opened = tmp_path / "opened"
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(sys, "platform", "linux")
    app = desk(FakeLog([an_entry(1)]), proof_folder=folder)
    async with app.run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("Z")
        await until(pilot, lambda: isinstance(pilot.app.screen, MadeProofs))
        shown = "\n".join(drawn(pilot))
        for words in ("entry-7d3a1c9e", "booking-HB-12345", "customer-c-1  (its bundle alone)"):
            assert words in shown
        assert "notes" not in shown
        paper = folder / "proof-booking-HB-12345-20261102-101500-0a1b2c3d.pdf"
        await until(pilot, lambda: all(part in "\n".join(drawn(pilot)) for part in paper.parts[1:]))
        await pilot.press("y")
        assert pilot.app.clipboard == str(paper)
        await pilot.press("enter")
        await until(pilot, lambda: opened.read_text().splitlines() == [str(paper)])
        await until(pilot, lambda: f"{paper.name[:20]}" in "\n".join(drawn(pilot)))
        await pilot.press("f")
        await until(pilot, lambda: opened.read_text().splitlines()[1:] == [str(folder)])
        await until(pilot, lambda: "Its folder was handed to" in "\n".join(drawn(pilot)))
        monkeypatch.setenv("SSH_TTY", "/dev/pts/9")
        await pilot.press("j", "enter")
        assert len(opened.read_text().splitlines()) == 2
        assert pilot.app.clipboard != str(paper)
        await until(pilot, lambda: "Nothing can be opened from here" in "\n".join(drawn(pilot)))
        await pilot.press("Z")
        await until(pilot, lambda: not isinstance(pilot.app.screen, MadeProofs))


async def test_where_none_was_made_the_key_says_so(desk: Open, tmp_path: Path) -> None:
    async with desk(FakeLog([an_entry(1)]), proof_folder=tmp_path / "none").run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("Z")
        await until(pilot, lambda: "z makes one" in "".join(toasts(pilot)))


@given(st.lists(st.text("abcé -/", max_size=30), min_size=1, max_size=8), st.integers(8, 80))
def test_a_path_is_broken_between_its_folders_and_nowhere_else(parts: list[str], width: int) -> None:
    path = Path("/", *parts)
    lines = folded(path, width).split("\n")
    assert "".join(lines) == str(path)
    for line, after in pairwise(lines):
        assert line.endswith("/")
        assert len(line) + len(after.partition("/")[0]) >= width
    assert all(len(line) <= width or "/" not in line.strip("/") for line in lines)


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_that_is_told_lies_over_a_form_or_is_lost(
    desk: Open, outbox: Path, size: tuple[int, int]
) -> None:
    Outbox(outbox).save(OutboxItem(location="demo", state="draft", content={"fields": {"title": "Half a"}}))
    async with desk(FakeLog([an_entry(1)])).run_test(size=size, notifications=True) as pilot:
        await rows(pilot)
        for key in ("n", "o", "t", "question_mark", "ctrl+p"):
            pilot.app.notify("told before", timeout=600)
            await until(pilot, lambda: "told before" in "\n".join(drawn(pilot)))
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, ModalScreen))
            pilot.app.notify("told meanwhile", timeout=600)
            await pilot.pause()
            await pilot.pause()
            assert not toasts(pilot).count("told meanwhile")
            assert not [toast for toast in pilot.app.screen.query(Toast) if toast.visible]
            asking = pilot.app.screen.query("#form, .card, #help, CommandInput").first().region
            assert not [
                line for line in [*drawn(pilot)][asking.y : asking.bottom] if "told" in line[asking.x : asking.right]
            ]
            await pilot.press("escape")
            await until(pilot, lambda: "told meanwhile" in "\n".join(drawn(pilot)))
            pilot.app.clear_notifications()


@pytest.mark.parametrize("name", NASTY)
def test_nasty_texts_are_offered_safe(name: str) -> None:
    for subject in subjects(nasty_entry(1, NASTY[name])):
        assert is_harmless(subject.shown)
        assert is_harmless(subject.hidden)


async def test_without_the_extra_the_key_says_what_to_install(
    desk: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_proof_extra.cache_clear()
    monkeypatch.setitem(sys.modules, "fpdf", None)
    try:
        async with desk(FakeLog([an_entry(1)]), proof_folder=tmp_path).run_test(size=(80, 24)) as pilot:
            await rows(pilot)
            await pilot.press("z")
            await until(pilot, lambda: toasts(pilot))
            assert "pip install 'commlog[proof,cjk]'" in toasts(pilot)[0]
            assert not isinstance(pilot.app.screen, ProofChooser)
    finally:
        has_proof_extra.cache_clear()
