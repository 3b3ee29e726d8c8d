"""``python -m commlog_tui``, and the ``commlog`` command."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command line; where a log of this machine is to be shown, its service is started before anything is loaded."""
    if sys.argv[1:] in ([], ["demo"]) and (log := _ready_log(demo=sys.argv[1:] == ["demo"])):
        from commlog_tui.cli.desk import cannot_show, open_embedded
        from commlog_tui.cli.embedded import EmbeddedError

        if not cannot_show():
            try:
                open_embedded(*log)
            except EmbeddedError as error:
                print(error, file=sys.stderr)  # noqa: T201 - what the command line says with
                sys.exit(6)
            return
    from commlog_tui.cli.app import run

    run()


def _ready_log(*, demo: bool) -> tuple[Path, Path, str, str | None] | None:
    """Return log file, outbox, name and location of what is to be opened.

    None where there is anything to make, ask or refuse: that is for the command line, which knows the settings' rules.
    """
    import tomllib

    from platformdirs import user_config_path, user_data_path

    file = os.environ.get("COMMLOG_CONFIG")
    path = Path(file) if file else user_config_path("commlog") / "config.toml"
    known = ("mode", "service", "location", "data", "token")
    try:
        kept = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, ValueError):
        return None
    given = {name: os.environ.get(f"COMMLOG_{name.upper()}") for name in known}
    others = {name for name in os.environ if name.upper().startswith("COMMLOG_")} - {f"COMMLOG_{name.upper()}" for name in known}
    if given["service"] or others - {"COMMLOG_CONFIG"} or not all(name in known and isinstance(kept[name], str) for name in kept):
        return None
    settings = {name: given[name] or kept.get(name) for name in known}
    mode = "demo" if demo else settings["mode"]
    if mode not in {"demo", "local"} or settings["mode"] not in {None, "ask", "demo", "local", "service"}:
        return None
    data = Path(settings["data"]) if settings["data"] else user_data_path("commlog")
    log = data / ("demo-1.db" if mode == "demo" else "log.db")
    location = None if demo else settings["location"]
    return (log, data / "outbox" / mode, mode, location) if log.exists() else None


if __name__ == "__main__":
    main()
