"""``commlog serve`` as a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.patience import PATIENCE


@contextmanager
def served(database: Path, output: Path, port: int = 0) -> Iterator[str]:
    """Serve a log, with everything that is said or logged in a file; yield the address."""
    command = [sys.executable, "-m", "commlog_tui", "serve", "--database", str(database), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        while "Serving" not in line:
            assert line, "the service has ended"
            line = process.stderr.readline()
        try:
            yield line.split()[-1]
        finally:
            process.terminate()
            out, err = process.communicate(timeout=PATIENCE)
            output.write_text(line + out + err, encoding="utf-8")
