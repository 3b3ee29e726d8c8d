"""Writes the reference pages and the man page from the program's own definitions.

``python docs/make_reference.py``. Prose on a page stays as it is. What lies between ``<!-- name
-->`` and ``<!-- /name -->`` is replaced by the table of that name. Tests compare the committed
pages with what this would write.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import fill
from typing import Any, Final

import typer

from commlog_tui import __version__
from commlog_tui.cli.app import app
from commlog_tui.cli.exit_codes import MEANINGS, exit_table
from commlog_tui.configuration.rules import RULES
from commlog_tui.contract.location import PERMISSIONS, Permission
from commlog_tui.desk.actions import key_table
from commlog_tui.settings import settings_table
from docs.provider_tables import provider_retries, provider_steps, status_table

HERE: Final = Path(__file__).parent
MAN_PAGE: Final = HERE / "commlog.1"
LINE: Final = 99
_RIGHTS: Final = (
    ("reads and verifies", Permission.READ),
    ("adds manual entries", Permission.ADD_MANUAL),
    ("adds automated entries and delivery events", Permission.ADD_AUTOMATED),
    ("corrects manual entries", Permission.CORRECT),
    ("redacts", Permission.REDACT),
    ("exports", Permission.EXPORT),
    ("manages", Permission.MANAGE),
)


def role_table() -> str:
    """Return the table of roles and what their tokens may do."""
    rows = [
        [role.value, *("yes" if right in permissions else "" for _, right in _RIGHTS)]
        for role, permissions in PERMISSIONS.items()
    ]
    lines = [["role", *(words for words, _ in _RIGHTS)], ["---"] * (len(_RIGHTS) + 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command with its full name.

    The program itself comes first, groups before what is in them.
    """
    yield from _with_subcommands("commlog", typer.main.get_command(app))


def _with_subcommands(name: str, command: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - classes of two libraries
    yield name, command
    for word, inner in getattr(command, "commands", {}).items():
        yield from _with_subcommands(f"{name} {word}", inner)


def _parameters(command: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - classes of two libraries
    """Return the arguments and options of a command, each with its help, as ``--help`` has them."""
    context = command.make_context("commlog", [], resilient_parsing=True)
    records = (parameter.get_help_record(context) for parameter in command.get_params(context))
    return [record for record in records if record is not None and not record[0].startswith("--help")]


def _usage(name: str, command: Any) -> str:  # noqa: ANN401 - classes of two libraries
    return " ".join([name, *command.collect_usage_pieces(command.make_context(name, [], resilient_parsing=True))])


def command_pages() -> str:
    """Return the section of every command: what it does, its usage, its options."""
    parts = []
    for name, command in commands():
        lines = [f"## {name}", "", fill(_plain(command.help), LINE), "", "```text", _usage(name, command), "```"]
        if rows := _parameters(command):
            lines += ["", "| option or argument | meaning |", "|---|---|"]
            lines += [f"| `{_cell(names)}` | {_cell(words)} |" for names, words in rows]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _cell(words: str) -> str:
    return _plain(words).replace("|", r"\|")


def _plain(words: str | None) -> str:
    return " ".join((words or "").split())


def man_page() -> str:
    """Return the man page, in the macros of man(7)."""
    lines = [
        f'.TH COMMLOG 1 "" "commlog {__version__}" "User Commands"',
        ".SH NAME",
        r"commlog \- append-only communication log, and the desk to read and write it",
        ".SH SYNOPSIS",
        ".B commlog",
        r"[\fIoptions\fR] [\fIcommand\fR]",
        ".SH DESCRIPTION",
        "Without a command, commlog opens the desk, a terminal application.",
        "Data goes to standard output, messages to standard error.",
        ".SH OPTIONS",
    ]
    for name, command in commands():
        if name == "commlog":
            lines += [*_man_parameters(command), ".SH COMMANDS"]
        else:
            lines += [f'.SS "{_roff(_usage(name, command))}"', _roff(_plain(command.help)), *_man_parameters(command)]
    lines.append(".SH EXIT STATUS")
    for code, words in MEANINGS.items():
        lines += [".TP", f".B {code.value}", _roff(words)]
    lines.append(".SH ENVIRONMENT")
    for rule in RULES.values():
        lines += [".TP", f".B {rule.variable}", _roff(_plain(rule.words.replace("`", "")))]
    return "\n".join(lines) + "\n"


def _man_parameters(command: Any) -> Iterator[str]:  # noqa: ANN401 - classes of two libraries
    for names, words in _parameters(command):
        yield from (".TP", f'.B "{_roff(names)}"', _roff(_plain(words)))


def _roff(text: str) -> str:
    """Return text as roff source: no escapes, no control lines, hyphens that can be copied."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


TABLES: Final[dict[str, Callable[[], str]]] = {
    "keys": key_table,
    "settings": settings_table,
    "exit codes": exit_table,
    "roles": role_table,
    "commands": command_pages,
    "provider steps": provider_steps,
    "statuses": status_table,
    "provider retries": provider_retries,
}


def filled(page: str) -> str:
    """Return a page with its tables as the program has them now."""

    def table(block: re.Match[str]) -> str:
        return f"<!-- {block[1]} -->\n{TABLES[block[1]]().strip()}\n<!-- /{block[1]} -->"

    return re.sub(r"<!-- ([a-z ]+) -->\n.*?\n?<!-- /\1 -->", table, page, flags=re.DOTALL)


def main() -> None:
    """Write every page."""
    for path in [*sorted((HERE / "reference").glob("*.md")), HERE / "guide" / "delivery.md"]:
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
    MAN_PAGE.write_text(man_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
