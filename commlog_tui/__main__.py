"""``python -m commlog_tui``, and the ``commlog`` command."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command line; the demo's service is started before anything is loaded, as it needs longest."""
    if sys.argv[1:] == ["demo"] and (path := _ready_demo()):
        from commlog_tui.cli.desk import open_embedded

        open_embedded(path, path.parent, "demo")
        return
    from commlog_tui.cli.app import run

    run()


def _ready_demo() -> Path | None:
    data = os.environ.get("COMMLOG_DATA")
    if os.environ.get("COMMLOG_CONFIG"):
        return None  # the settings file may name another folder
    if data is None:
        from platformdirs import user_config_path, user_data_path

        if (user_config_path("commlog") / "config.toml").exists():
            return None
        data = str(user_data_path("commlog"))
    path = Path(data) / "demo-1.db"
    return path if path.exists() else None


if __name__ == "__main__":
    main()
