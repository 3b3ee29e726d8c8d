"""A program that restores a log again and again, each time killed one step later.

Before the first change to a file, the next … Steps are what Python does to files (its audit
events). A child that comes to its step dies at once, like one that is killed: nothing is tidied up.
Run as ``python -m tests.cli.killed_restore WORDS…`` with words of the command line, in a folder
that has a folder ``before``; each child works in a copy of it, ``after-0`` and so on. Prints how
many were killed.
"""

import os
import shutil
import sys
from pathlib import Path

from commlog_tui.cli.app import run
from commlog_tui.evidence import bundle_reader  # noqa: F401 - what is loaded here need not be loaded in every child
from commlog_tui.store.sqlite import store  # noqa: F401 - so is this

CHANGES = {
    "os.rename",
    "os.link",
    "os.remove",
    "os.truncate",
    "os.chmod",
    "os.mkdir",
    "shutil.copyfile",
    "sqlite3.connect",
}
MOST = 100
KILLED = 9


def is_change(event: str, args: tuple[object, ...]) -> bool:
    if event == "open":
        flags = args[2]
        return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    return event in CHANGES


def child(step: int, folder: Path, words: list[str]) -> None:
    left = step

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal left
        if is_change(event, args):
            if not left:
                os._exit(KILLED)
            left -= 1

    os.chdir(folder)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.environ["COMMLOG_DATA"] = str(folder / "data")
    os.environ["COMMLOG_CONFIG"] = str(folder / "config.toml")
    sys.argv = ["commlog", *words]
    sys.addaudithook(hook)
    run()


def main() -> None:
    here = Path.cwd()
    for step in range(MOST):
        folder = here / f"after-{step}"
        shutil.copytree(here / "before", folder)
        if not (pid := os.fork()):
            try:
                child(step, folder, sys.argv[1:])
            except SystemExit as end:
                os._exit(int(end.code or 0))
            os._exit(1)
        _, status = os.waitpid(pid, 0)
        if os.waitstatus_to_exitcode(status) != KILLED:
            print(step, os.waitstatus_to_exitcode(status))  # noqa: T201 - the test reads it
            return
    print(MOST, KILLED)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
