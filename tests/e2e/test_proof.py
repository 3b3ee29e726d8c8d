"""Proof sheets from the desk, of the real service.

Made while it is used, and told where they are.
"""

import stat
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import OptionList

from commlog_tui.contract.entry import Entry
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.choosers.made_proofs import MadeProofs
from commlog_tui.desk.choosers.proof import ProofChooser
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.target import Target
from commlog_tui.ledger.bundle import Bundle, verify_bundle
from tests.desk.steps import bar, rows, table, toasts, until


def offered(pilot: Pilot[None]) -> list[str]:
    choices = pilot.app.screen.query_one(OptionList)
    return [str(choices.get_option_at_index(at).prompt) for at in range(choices.option_count)]


def require_files(folder: Path, entry: Entry) -> None:
    """Require three sheets with their bundles, which verify, and are their owner's alone."""
    papers, proofs = sorted(folder.glob("*.pdf")), sorted(folder.glob("*.json"))
    assert [path.stem for path in papers] == [path.stem for path in proofs]
    assert [path.stem.split("-")[1] for path in proofs] == ["booking", "customer", "entry"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    bundles = [Bundle.read(path.read_bytes()) for path in proofs]
    assert all(verify_bundle(bundle) for bundle in bundles)
    assert all(entry.id in [answer.id for answer in bundle.entries] for bundle in bundles)
    assert all(path.read_bytes().startswith(b"%PDF-") for path in papers)


async def made(pilot: Pilot[None], folder: Path, count: int) -> None:
    await until(pilot, lambda: len(list(folder.glob("*.json"))) == count and "making" not in bar(pilot))


async def asked(pilot: Pilot[None]) -> Entry:
    """Go to an entry with booking and customer, ask for a proof sheet there, and return it."""
    await rows(pilot)
    while not ((entry := table(pilot).entry) and entry.code and entry.customer and entry.customer.name):
        await pilot.press("down")
    await pilot.press("z")
    await until(pilot, lambda: isinstance(pilot.app.screen, ProofChooser))
    return entry


async def test_entry_booking_and_customer_are_proved_while_the_desk_is_used(target: Target, tmp_path: Path) -> None:
    folder = tmp_path / "papers" / "proofs"
    app = DeskApp(lambda: target, Preferences(folder=tmp_path / "desk", proof_folder=folder))
    async with app.run_test(size=(100, 30)) as pilot:
        entry = await asked(pilot)
        assert entry.customer
        assert offered(pilot) == ["This entry", f"All of booking {entry.code}", f"All of {entry.customer.name}"]
        await pilot.press("enter")
        await made(pilot, folder, 1)
        await pilot.press("z", "j", "enter")
        await made(pilot, folder, 2)
        await pilot.press("z", "j", "j", "enter")
        await made(pilot, folder, 3)
        await pilot.press("Z")
        await until(pilot, lambda: isinstance(pilot.app.screen, MadeProofs))
        assert len(offered(pilot)) == 3
    require_files(folder, entry)


async def test_where_the_files_cannot_be_written_that_is_said(target: Target, tmp_path: Path) -> None:
    folder = tmp_path / "proofs"
    folder.touch()
    app = DeskApp(lambda: target, Preferences(folder=tmp_path / "desk", proof_folder=folder))
    async with app.run_test(size=(100, 30)) as pilot:
        await asked(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: toasts(pilot))
        assert "cannot be written" in toasts(pilot)[0]
        assert "Nothing was kept" in toasts(pilot)[0]
        assert "making" not in bar(pilot)
    assert folder.is_file()
