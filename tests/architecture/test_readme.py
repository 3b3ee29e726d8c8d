"""The README says what the program does: its tables come from the code, its pictures exist, its links lead somewhere."""

import re
from pathlib import Path

import pytest

from commlog_tui.cli.exit_codes import exit_table
from commlog_tui.desk.actions import key_table
from commlog_tui.settings import settings_table

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def between(name: str) -> str:
    block = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", README, re.DOTALL)
    assert block, f"the README has no block {name}"
    return block[1].strip()


def test_the_key_table_is_the_action_table() -> None:
    assert between("keys") == key_table().strip()


def test_the_table_of_exit_codes_is_the_enumeration() -> None:
    assert between("exit codes") == exit_table()


def test_the_settings_table_is_the_settings() -> None:
    assert between("settings") == settings_table().strip()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_of_the_readme_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize(
    "link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", (ROOT / "docs" / "guide" / "first-half-hour.md").read_text(encoding="utf-8"))))
)
def test_every_picture_of_the_walk_is_there(link: str) -> None:
    assert (ROOT / "docs" / "guide" / link).exists()
