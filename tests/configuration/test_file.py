"""What is wrong in the settings file is told with its line, its name and the nearest real one.

Nothing else is repeated.
"""

import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.configuration.file import read_file, write
from commlog_tui.configuration.rules import SettingsError
from commlog_tui.configuration.sources import configured
from tests.configuration.conftest import Write

HEAVY = {"pydantic", "tomlkit", "textual", "rich", "typer", "httpx"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# ours\n\npagesize = 50", "line 3: there is no setting pagesize; did you mean page_size?"),
        ("[key]\nsearch = 's'", "line 1: there is no setting key; did you mean keys?"),
        (
            "mode = 'demo'\n\n[profiles.quay]\nlocaton = 'q'",
            "line 4: a profile has no setting locaton; did you mean location?",
        ),
        (
            "[profiles.quay]\ntoken = 'sesame'",
            "line 2: a profile has no setting token. Known are: data, location, mode",
        ),
        ("profiles = 3", "line 1: profiles must be a table, headed [profiles]."),
        ("[profiles]\nquay = 3", "line 2: profiles.quay must be a table, headed [profiles.quay]."),
        ("page_size = 50\npage_size = 'sesame'", "line 2: this is not valid TOML"),
        ("mode = 'demo'\ntoken = sesame", "line 2: this is not valid TOML"),
        ("mode = 'demo'\ntoken = 'sesame", "line 2: this is not valid TOML"),
        ('"\\u001b]52;c;aGk=\\u0007" = 1', "there is no setting \\x1b]52;c;aGk=\\x07. Known are"),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_line(write_settings: Write, text: str, words: str) -> None:
    path = write_settings(text)
    with pytest.raises(SettingsError) as caught:
        read_file()
    assert str(caught.value).startswith(str(path))
    assert words in str(caught.value)
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("page_size = 30", "line 1: page_size must be 25, 50, 100 or 200"),
        ("\npage_size = true", "line 2: page_size must be"),
        ("booking_url = 'ftp://a.example/{code}'", "line 1: booking_url must be an address"),
        ("booking_url = 'https://a.example/'", "with {reference} or {code} in it"),
        ("booking_url = 'https://a.example/{guest}/{code}'", "line 1: booking_url must be"),
        ("booking_url = 'javascript:{code}'", "line 1: booking_url must be"),
        ("location = 3", "line 1: location must be text, in quotes"),
        ("own_addresses = 'quay'", "line 1: own_addresses must be e-mail addresses"),
        ("own_addresses = ['a@x.example']", "line 1: own_addresses must be text, in quotes"),
        ("profile = 'quay'\n[profiles.quay]\nmode = 'sesame'", "profile quay, "),
        ("profile = 'key'\n[profiles.quay]\nmode = 'demo'", "line 1: there is no profile key. Known are: quay."),
        ("profile = 'qay'\n[profiles.quay]\nmode = 'demo'", "line 1: there is no profile qay; did you mean quay?"),
        ("profile = 'quay'", "line 1: there is no profile quay"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_with_its_line(write_settings: Write, text: str, words: str) -> None:
    write_settings(text)
    with pytest.raises(SettingsError) as caught:
        configured()
    assert words in str(caught.value)
    assert "sesame" not in str(caught.value)


def test_lines_are_told_of_dotted_and_quoted_names_too(write_settings: Write) -> None:
    write_settings("keys.search = 's'\n\n[profiles . \"quay\"] # ours\n'mode' = 'demo'\n")
    file = read_file()
    assert file.position("keys", "search").endswith("line 1")
    assert file.position("profiles", "quay", "mode").endswith("line 4")
    assert "line " not in file.position("keys", "absent")


def test_what_is_kept_goes_before_the_tables_and_leaves_them_alone(write_settings: Write) -> None:
    path = write_settings(
        "theme = 'nord'  # at night\n# ours\n\n[profiles.quay] # the quay\nmode = 'demo'\nlocation = 'quay'\n"
    )
    write({"theme": "commlog-light", "mode": "local"})
    expected = (
        'theme = "commlog-light"  # at night\n# ours\nmode = "local"\n'
        "\n[profiles.quay] # the quay\nmode = 'demo'\nlocation = 'quay'\n"
    )
    assert path.read_text(encoding="utf-8") == expected
    assert configured().text("theme") == "commlog-light"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"mode = \n", b"[keys]\n[keys]\n"])
def test_a_file_that_cannot_be_read_is_left_as_it_is(write_settings: Write, content: bytes) -> None:
    path = write_settings("")
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="left as it is"):
        write({"theme": "nord"})
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@given(
    st.dictionaries(st.sampled_from(["mode", "theme", "location"]), st.text(st.characters(exclude_categories=["Cs"])))
)
def test_whatever_is_written_is_read_again_beside_what_was_there(values: dict[str, str]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder, "config.toml")
        patch.setenv("COMMLOG_CONFIG", str(path))
        path.write_text(
            "# ours\nmode = 'ask' # kept\nkeys.find = 's'\n[profiles.quay]\nmode = 'demo'", encoding="utf-8"
        )
        write(values)
        text = path.read_text(encoding="utf-8")
        there = {"mode": "ask", "keys": {"find": "s"}, "profiles": {"quay": {"mode": "demo"}}}
        assert tomllib.loads(text) == there | values
        assert "# ours\n" in text
        assert "# kept\n" in text


def test_reading_the_settings_needs_nothing_heavy() -> None:
    script = (
        "import sys; from commlog_tui.configuration.sources import configured; configured(); print(*sys.modules, "
        "sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env={})
    assert not set(done.stdout.split()) & HEAVY
