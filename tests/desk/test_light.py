"""The desk's texts and widgets leave heavy imports for later."""

import subprocess
import sys

HEAVY = {"httpx", "pydantic", "dateutil", "phonenumbers", "keyring", "tomlkit", "fastapi", "apsw"}
SCRIPT = """
import importlib, pkgutil, sys
import commlog_tui.text, commlog_tui.desk.widgets
for package in (commlog_tui.text, commlog_tui.desk.widgets):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
print(*sys.modules, sep="\\n")
"""


def test_texts_and_widgets_load_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"commlog_tui.text.days", "commlog_tui.desk.widgets.log_table"} <= loaded
    assert not loaded & HEAVY
