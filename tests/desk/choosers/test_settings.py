"""Settings at the desk: the rules of the file, faults at the field, in effect at once."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Label, OptionList

from commlog_tui.cli.preferences import AT_THE_DESK, ELSEWHERE, preferences_of
from commlog_tui.configuration.rules import RULES, TABLES
from commlog_tui.configuration.sources import configured
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.choosers.columns import ColumnsScreen
from commlog_tui.desk.choosers.keys import KeysScreen
from commlog_tui.desk.choosers.prompt import Prompt
from commlog_tui.desk.choosers.settings import NAMES, SettingsScreen
from commlog_tui.desk.widgets.key_bar import KeyBar
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import SIZES, bar, drawn, rows, table, until

COMMENT = "# ours, since the spring\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file with a comment."""
    path = tmp_path / "config.toml"
    path.write_text(f'{COMMENT}page_size = 50  # enough\ntheme = "commlog-dark"\n')
    monkeypatch.setenv("COMMLOG_CONFIG", str(path))
    monkeypatch.setenv("COMMLOG_DATA", str(tmp_path / "data"))
    return path


@pytest.fixture
def app(desk: Open, file: Path) -> DeskApp:
    """A desk with the settings of the file."""
    liked = preferences_of(configured())
    names = (
        "page_size",
        "theme",
        "hide_after",
        "times",
        "density",
        "keys",
        "keep",
        "keep_keys",
        "fields",
        "folder",
        "elsewhere",
    )
    return desk(
        FakeLog([an_entry(number) for number in range(1, 60)]), **{name: getattr(liked, name) for name in names}
    )


def written(file: Path) -> str:
    return file.read_text()


def damage(file: Path) -> None:
    file.write_text("this is [no TOML\n")


async def go_to(pilot: Pilot[None], name: str) -> None:
    """Open the settings, and go to one."""
    await pilot.press("comma")
    await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen))
    choices = pilot.app.screen.query_one(OptionList)
    choices.highlighted = choices.get_option_index(name)
    await pilot.pause()


def meaning(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#meaning", Label).render())


@pytest.mark.parametrize("size", SIZES)
async def test_every_setting_is_shown_with_what_it_means(app: DeskApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await rows(pilot)
        await go_to(pilot, "hide_after")
        await until(pilot, lambda: "Minutes without a key after which" in meaning(pilot))
        shown = "\n".join(drawn(pilot))
        assert not [name for name in (*NAMES.values(), "Keys", "Esc: close") if name not in shown]
        await pilot.press("comma")
        await until(pilot, lambda: not isinstance(pilot.app.screen, SettingsScreen))


async def test_a_choice_is_kept_with_the_comments_and_takes_effect_at_once(app: DeskApp, file: Path) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await go_to(pilot, "page_size")
        await pilot.press("right")
        await until(pilot, lambda: "page_size = 100  # enough" in written(file))
        assert written(file).startswith(COMMENT)
        await until(pilot, lambda: meaning(pilot).endswith("Saved."))
        await pilot.press("escape")
        await until(pilot, lambda: bar(pilot).startswith("1–59"))  # noqa: RUF001 - as shown
        await go_to(pilot, "theme")
        await pilot.press("right")
        await until(pilot, lambda: pilot.app.theme == "commlog-light" and 'theme = "commlog-light"' in written(file))
        await go_to_again(pilot, "times")
        await pilot.press("right", "escape")
        await until(pilot, lambda: "UTC" in "\n".join(drawn(pilot)))
        await go_to(pilot, "density")
        await pilot.press("left")
        await until(pilot, lambda: 'density = "compact"' in written(file))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.has_class("-comfortable") is False)


async def go_to_again(pilot: Pilot[None], name: str) -> None:
    choices = pilot.app.screen.query_one(OptionList)
    choices.highlighted = choices.get_option_index(name)
    await pilot.pause()


@pytest.mark.parametrize(("typed", "fault"), [("soon", "It must be minutes"), ("9999", "at most 1440")])
async def test_what_is_wrong_with_a_value_stands_at_the_field(app: DeskApp, file: Path, typed: str, fault: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        before = written(file)
        await go_to(pilot, "hide_after")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        assert pilot.app.screen.query_one(Input).value == "10"
        await pilot.press(*typed, "enter")
        await until(pilot, lambda: fault in "\n".join(drawn(pilot)))
        assert written(file) == before
        await pilot.press(*["backspace"] * len(typed), *"25", "enter")
        await until(pilot, lambda: "hide_after = 25" in written(file))
        assert app.hide_after == 25


async def test_what_is_set_in_the_environment_is_said_to_be_stronger(
    desk: Open, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMLOG_PAGE_SIZE", "25")
    liked = preferences_of(configured())
    app = desk(FakeLog([an_entry(1)]), page_size=25, fields=liked.fields, keep=liked.keep)
    async with app.run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await go_to(pilot, "page_size")
        await until(pilot, lambda: "Set by environment COMMLOG_PAGE_SIZE, which is stronger" in meaning(pilot))


async def test_a_file_that_cannot_be_written_is_named_and_nothing_changes(app: DeskApp, file: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        damage(file)
        await go_to(pilot, "page_size")
        await pilot.press("right")
        await until(pilot, lambda: "is not valid TOML, so it was left as it is" in meaning(pilot))
        assert "Entries a page          50" in "\n".join(drawn(pilot))


async def test_keys_are_changed_and_do_it_at_once(app: DeskApp, file: Path) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await go_to(pilot, "keys")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, KeysScreen))
        choices = pilot.app.screen.query_one(OptionList)
        choices.highlighted = choices.get_option_index("go_to_date")
        await pilot.press("enter", "n", "enter")
        await until(pilot, lambda: "the key n is new_entry's already" in meaning(pilot))
        await pilot.press("enter", "j", "enter")
        await until(pilot, lambda: "moves in the table already" in meaning(pilot))
        await pilot.press("enter", *"f9", "enter")
        await until(pilot, lambda: '[keys]\ngo_to_date = "f9"' in written(file))
        assert written(file).startswith(COMMENT)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: table(pilot).has_focus)
        assert pilot.app.screen.query_one(KeyBar).faces["go_to_date"][0] == "f9"
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))


async def test_columns_are_chosen_here_and_shown_at_once_where_the_default_is(app: DeskApp, file: Path) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await go_to(pilot, "columns")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ColumnsScreen))
        await pilot.press("down", "space", "enter")
        await until(pilot, lambda: "Saved." in meaning(pilot))
        assert app.supervisor.main.columns.texts == ("date", "to", "title", "customer", "status", "ref")
        await pilot.press("escape")
        await until(pilot, lambda: "Via" not in next(line for line in drawn(pilot) if "Date ▾" in line))
    assert 'columns = "date to title customer status ref"' in written(file)


def test_every_key_of_the_settings_file_has_a_row_or_a_reason() -> None:
    others = [name for names in ELSEWHERE.values() for name in names]
    assert sorted([*AT_THE_DESK, *others, "keys"]) == sorted([*RULES, *TABLES])
    assert set(NAMES) == set(AT_THE_DESK)


async def test_settings_without_a_row_are_named_with_the_reason(app: DeskApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await go_to(pilot, "elsewhere")
        await until(pilot, lambda: "smtp_url" in meaning(pilot))
        await pilot.press("enter")
        shown = "\n".join(drawn(pilot))
        assert not [words for words in ("Read at start", "expectations.", "Esc: close") if words not in shown]
