"""The house keeps its shape.

Small modules, no unseen debts, no traces of machines or registries.
"""

import re
from datetime import date
from pathlib import Path

import pytest

from commlog_tui import __version__

ROOT = Path(__file__).parents[2]
LONGEST = 300


def tracked(*suffixes: str) -> list[Path]:
    """Files of the checkout by suffix.

    Without git (an unpacked source archive) every file of our own folders.
    """
    folders = [ROOT / "commlog_tui", ROOT / "styles", ROOT / "tests"]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in suffixes)


@pytest.mark.parametrize("module", tracked(".py", ".tcss"), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_longer_than_300_lines(module: Path) -> None:
    lines = len(module.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{lines} lines: it does more than one job"


def test_every_exemption_from_a_check_gives_its_reason() -> None:
    mark = re.compile(r"#\s*(?:type:\s*ignore\[[^\]]+\]|noqa:\s*[A-Z0-9, ]+)\s*$")
    bare = re.compile(r"#\s*(?:type:\s*ignore(?!\[)|noqa(?!:))")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked(".py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if mark.search(line) or bare.search(line)
    ]
    assert not found, f"say why after the mark: {found}"


def test_no_module_uses_the_random_generator_that_all_threads_share() -> None:
    """Another thread would disturb whoever seeds it or, as Hypothesis does, watches its state."""
    shared = re.compile(r"^\s*(?:import random\b|from random import (?!Random$|SystemRandom$))", re.MULTILINE)
    assert [
        path
        for path in tracked(".py")
        if "commlog_tui" in path.parts and shared.search(path.read_text(encoding="utf-8"))
    ] == []


def test_constraints_pin_every_dependency_exactly_and_name_no_registry() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    assert lines
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+]*", line) for line in lines)


CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
KINDS_OF_CHANGE = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_changelog_begins_with_what_is_unreleased_and_then_speaks_of_this_version() -> None:
    headings = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert re.fullmatch(rf"\[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d", headings[1])


def test_every_released_version_has_its_date_newest_first() -> None:
    dates = re.findall(r"^## \[[\d.]+\] - (.+)$", CHANGELOG, re.MULTILINE)
    assert [date.fromisoformat(one) for one in dates] == sorted(map(date.fromisoformat, dates), reverse=True)


def test_changes_are_sorted_as_keep_a_changelog_has_it() -> None:
    assert set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)) <= KINDS_OF_CHANGE


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:\w+/)+\w*\.?\w*)`", CONTRIBUTING))))
def test_every_module_that_contributing_points_at_exists(name: str) -> None:
    assert (ROOT / name).exists() or (ROOT / "commlog_tui" / name).exists()


def test_ci_runs_the_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- test -->\n```sh\n(.+)\n```", readme)
    assert block, "the README marks its test command with <!-- test -->"
    assert block[1].endswith("/bin/pytest -n auto")
    assert "<!-- test -->" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
