"""An option given twice can be repeated, or is refused in words: none is dropped silently."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from commlog_tui.cli.app import app
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run

REPEATABLE = {
    ("list", "via"),
    ("list", "status"),
    *(
        ("list", f"not_{name}")
        for name in ("via", "status", "source", "kind", "to", "customer", "reference", "title", "code", "day")
    ),
    ("customer add", "to"),
    ("tail", "via"),
    ("import", "columns"),
    ("import", "constants"),
    ("import", "words"),
    ("import", "own"),
    ("ingest", "recipient"),
    ("ingest", "recipient_header"),
    ("ingest", "own"),
    ("journal", "allow"),
    ("journal", "own"),
    ("serve", "trusted_proxy"),
    ("token create", "location"),
    ("restore", "checkpoint"),
}


def options() -> Iterator[tuple[tuple[str, ...], str, list[str], bool]]:
    """Yield every option of every command.

    The command's words, its name, how it is written, whether it takes a value.
    """

    def walk(command: object, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, list[str], bool]]:
        for param in getattr(command, "params", []):
            if param.param_type_name == "option":
                if (" ".join(words), param.name) in REPEATABLE or param.multiple:
                    assert param.multiple, (words, param.name)
                    assert (" ".join(words), param.name) in REPEATABLE, "say here that it can be repeated"
                    continue
                yield words, param.name, [*param.opts, *param.secondary_opts], not param.is_flag
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, (*words, name))

    yield from walk(typer.main.get_command(app), ())


ALL = [*options()]


def test_the_tree_is_walked() -> None:
    assert {"list", "add", "serve", "verify", "redact", "import"} <= {words[0] for words, *_ in ALL if words}
    assert len(ALL) > 100


@pytest.mark.parametrize(
    ("words", "written", "takes"),
    [
        pytest.param(words, (first, second), takes, id=f"{' '.join(words) or 'commlog'} {first} {second}")
        for words, _, written, takes in ALL
        for first in written[:1]
        for second in written
    ],
)
def test_given_twice_it_is_refused(
    run: Run, data: Path, words: tuple[str, ...], written: tuple[str, str], takes: bool
) -> None:
    given = [part for name in written for part in ([name, "1"] if takes else [name])]
    result = run(*words, *given)
    usage = ExitCode.RETRY if words == ("ingest",) else ExitCode.USAGE  # a mail server is to try again
    assert (result.exit_code, result.stdout) == (usage, "")
    assert "It is given more than once" in result.stderr
    assert not data.exists()


@pytest.mark.parametrize("option", ["--service", "--location", "--profile", "--demo"])
def test_before_and_after_the_command_is_twice(run: Run, data: Path, option: str) -> None:
    given = [option] if option == "--demo" else [option, "x"]
    result = run(*given, "list", *given)
    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert f"{option} is given before and after the command" in result.stderr


@pytest.mark.parametrize("option", ["--map", "--set"])
def test_one_field_of_an_import_is_named_once(run: Run, log: list[AppendEntry], tmp_path: Path, option: str) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    result = run("import", str(tmp_path / "a.csv"), option, "to=a", option, "to=b")
    assert result.exit_code == ExitCode.USAGE
    assert f"{option} is given more than once for to. Nothing was imported." in result.stderr


def test_several_statuses_are_any_of_them(run: Run, log: list[AppendEntry]) -> None:
    every = run("list", "--status", "logged", "--status", "bounced", "--json")
    assert every.stdout.count('"status"') == 4
    assert run("list", "--status", "did-not-arrive", "--status", "delivered").exit_code == ExitCode.NOTHING
    wrong = run("list", "--status", "logged", "--status", "lost")
    assert wrong.exit_code == ExitCode.USAGE
    assert "--status" in wrong.stderr
