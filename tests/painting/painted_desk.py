"""The desk on a log in memory whose entries have the titles and customers of a JSON file.

For a terminal to paint.
"""

import json
import sys
import tempfile
from pathlib import Path

from commlog_tui.client import log_client
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.target import Target
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry


def main() -> None:
    texts = json.loads(Path(sys.argv[1]).read_text(encoding="ascii"))
    entries = [
        an_entry(number, title=title, customer={"id": f"c-{number}", "name": name}, status="bounced")
        for number, (title, name) in enumerate(texts, 1)
    ]
    log = FakeLog(entries)
    log_client.LogClient = lambda base_url, token: log  # type: ignore[assignment, misc] # the log in memory
    with tempfile.TemporaryDirectory() as folder:
        target = Target("http://127.0.0.1:1", "token", None, Path(folder) / "outbox", "demo")
        DeskApp(lambda: target, Preferences(folder=Path(folder) / "desk")).run()


if __name__ == "__main__":
    main()
