"""``commlog config`` says what is set and where it comes from.

Keys and themes are checked before the desk opens.
"""

import json
import os
from pathlib import Path

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.preferences import keymap
from commlog_tui.configuration.file import read_file
from commlog_tui.configuration.rules import SettingsError
from tests.cli.conftest import Run


def keep(text: str) -> Path:
    path = Path(os.environ["COMMLOG_CONFIG"])
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_value_is_told_with_its_source(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    path = keep('page_size = 100\n\n[keys]\nsearch = "f3"\n\n[profiles.quay]\nlocation = "quay"\n')
    monkeypatch.setenv("COMMLOG_TOKEN", "sesame")
    result = run("--profile", "quay", "config", "--json")
    rows = {row["setting"]: (row["value"], row["from"]) for row in json.loads(result.stdout)}
    assert rows["page_size"] == (100, f"{path}, line 1")
    assert rows["location"] == ("quay", f"profile quay, {path}, line 7")
    assert rows["profile"] == ("quay", "flag --profile")
    assert rows["token"] == ("(hidden)", "environment COMMLOG_TOKEN")
    assert rows["theme"] == ("", "default")
    assert rows["keys.search"] == ("f3", f"{path}, line 4")
    output = run("config").stdout
    assert "sesame" not in output + result.stdout
    assert [line.split() for line in output.splitlines() if line.startswith(("profiles", "page_size"))] == [
        ["page_size", "100", f"{path},", "line", "1"],
        ["profiles", "quay"],
    ]
    assert run("config", "--path").stdout == f"{path}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('theme = "comlog-light"', "line 1: there is no such theme; did you mean commlog-light?"),
        ('[keys]\nserch = "s"', "line 2: there is no action serch; did you mean search?"),
        ('[keys]\nsearch = "cntrl+f"', "line 2: there is no key cntrl+f"),
        ('[keys]\nsearch = ""', "line 2: there is no key without a name"),
        ("[keys]\nsearch = 3", "line 2: there is no key"),
        ('[keys]\nsearch = "n"', "line 2: the key n is new_entry's already"),
        ('[keys]\nsearch = "?"', "line 2: the key ? is help's already"),
        ('[keys]\nhelp = "f9"\nbooking = "f9"', "line 3: the key f9 is help's already"),
        ('[keys]\nsearch = "j"', "line 2: the key j moves in the table already"),
    ],
)
def test_what_the_desk_does_not_have_is_named_with_its_line(run: Run, text: str, words: str) -> None:
    keep(text)
    result = run("config")
    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert words in result.stderr


def test_keys_can_be_exchanged_and_listed() -> None:
    keep('[keys]\nhelp = "slash"\nsearch = ["question_mark", "ctrl+f", "f5"]\n')
    assert keymap(read_file()) == {"help": "slash", "search": "question_mark,ctrl+f,f5"}


def test_a_mistake_in_the_file_stops_every_way_to_the_desk(run: Run) -> None:
    keep('[keys]\nserch = "s"')
    with pytest.raises(SettingsError, match="did you mean search"):
        keymap(read_file())
    keep("pagesize = 3")
    for words in ((), ("demo",), ("list",), ("config",)):
        result = run(*words)
        assert result.exit_code == ExitCode.USAGE
        assert "did you mean page_size?" in result.stderr
