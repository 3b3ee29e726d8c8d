"""The printed script and the program, asked about the same file with the same key."""

import re
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from types import ModuleType

from typer.testing import CliRunner

from commlog_tui.cli.app import app
from commlog_tui.ledger.bundle import Bundle
from commlog_tui.ledger.keys import Introduction
from commlog_tui.ledger.note import Signer
from tests.ledger.bundles import FIRST, LOG, OTHER, a_log, signer

PAGE = (Path(__file__).parents[2] / "docs" / "proof.md").read_text(encoding="utf-8")
BLOCK = re.search(r"<!-- script -->\n```python\n(.*?\n)```\n<!-- /script -->", PAGE, re.DOTALL)
assert BLOCK, "the page prints the script"
SCRIPT = ModuleType("verify_proof")
exec(compile(BLOCK[1], "verify_proof.py", "exec"), SCRIPT.__dict__)  # noqa: S102 - it is our own page
VERIFIES, NO_KEY, WRONG, UNREADABLE = 0, 8, 7, 2

ONE, TWO, THREE, STRANGER = signer(5), signer(6), signer(8), signer(9)
CHAIN = [
    Introduction.sign(ONE, TWO, "2026-11-03T09:00:00Z").note,
    Introduction.sign(TWO, THREE, "2026-11-04T09:00:00Z").note,
]


class Judges:
    """Both, each asked on the command line's terms."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def code(self, raw: bytes, key: str | None = None) -> int:
        """Return the exit code that both end with."""
        file, key_file = self._folder / "sheet.json", self._folder / "key.txt"
        file.write_bytes(raw)
        if key is not None:
            key_file.write_text(key, encoding="utf-8")
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as text:
            by_script = SCRIPT.main(str(file), *([] if key is None else [str(key_file)]))
        words = ["proof", "check", str(file), *([] if key is None else ["--key", str(key_file)])]
        by_program = CliRunner().invoke(app, words)
        assert by_script == by_program.exit_code, (text.getvalue(), by_program.output)
        return int(by_script)


def rotated(*keys: Signer) -> Bundle:
    return a_log().bundle((FIRST, (1, 3, 5)), (OTHER, (2, 4)), keys=keys)


def vkey(of: Signer) -> str:
    return of.verifier.named(f"{LOG}/quay").vkey
