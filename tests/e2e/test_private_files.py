"""Whatever the umask is, and whatever was left open before.

Folders and files are their owner's alone.
"""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal, commlog

ADD = ("add", "--via", "phone", "--to", "07700 900123", "--title", "Rang about parking")


def open_to_others(home: Path) -> Iterator[str]:
    """Give every file and folder of a home that others may use, the home itself not counted."""
    for path in home.rglob("*"):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & 0o077:
            yield f"{path.relative_to(home)} {stat.filemode(mode)}"


def use(home: Path) -> None:
    """Open the desk, write an entry there, and make everything that the command line makes."""
    with Terminal(home, umask=0) as terminal:
        if not (home / "config.toml").exists():
            for words, answer in (
                ("1, 2 or 3", "2\r"),
                ("name of your business", "Quay\r"),
                ("time zone", "Europe/London\r"),
            ):
                terminal.see(words)
                terminal.type(answer)
        terminal.see("Quay")
        terminal.until((home / "data" / "desk" / "local" / "desk.log").exists)
        terminal.until(lambda: not list(open_to_others(home)))
        for command in (
            ADD,
            ("list", "--json"),
            ("backup", str(home / f"copy-{len(list(home.rglob('*')))}.db")),
            ("checkpoint", "save", str(home / f"checkpoint-{len(list(home.rglob('*')))}.json")),
            ("token", "create", "Front desk"),
            ("outbox", "list"),
        ):
            done = commlog(home, *command, umask=0)
            assert done.returncode in {0, 1}, done.stderr
        assert "data/log.db-wal" in {str(path.relative_to(home)) for path in home.rglob("*")}
        assert list(open_to_others(home)) == []
        terminal.type("\x11")
        assert terminal.end() == 0


def test_all_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    use(tmp_path)
    (entry,) = commlog(tmp_path, "list", "--csv").stdout.splitlines()[1:]
    sheet, bundle = str(tmp_path / "sheet.pdf"), str(tmp_path / "bundle.json")
    shown = commlog(tmp_path, "proof", "entry", entry.split(",")[0], "--pdf", sheet, "--json", bundle, umask=0)
    assert shown.returncode == 0, shown.stderr
    assert list(open_to_others(tmp_path)) == []


def test_what_was_left_open_is_taken_back(tmp_path: Path) -> None:
    use(tmp_path)
    for path in tmp_path.rglob("*"):
        path.chmod(0o777 if path.is_dir() else 0o666)
    assert list(open_to_others(tmp_path))
    for made in ("copy-*", "checkpoint-*"):  # made where somebody said, and theirs since
        for path in tmp_path.glob(made):
            path.chmod(0o600)
    use(tmp_path)


@pytest.mark.parametrize("name", ["notes.txt", "photo.png", "letters/anna.txt"])
def test_files_that_are_not_ours_stay_as_they_are(tmp_path: Path, name: str) -> None:
    file = tmp_path / "data" / name
    file.parent.mkdir(parents=True)
    file.write_text("mine", encoding="utf-8")
    file.chmod(0o644)
    assert commlog(tmp_path, "location", "add", "quay", "--name", "Quay", "--zone", "UTC", umask=0).returncode == 0
    commlog(tmp_path, "config")
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "data" / "log.db").stat().st_mode) == 0o600
