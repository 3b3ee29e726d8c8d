"""The child's side: bind, say where, then load and serve, until standard input closes."""

import gc
import json
import os
import socket
import sys
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from commlog_tui.demo import is_demo_file

if TYPE_CHECKING:
    from commlog_tui.configuration.expectations import RulesFile
    from commlog_tui.expectations.rules_file import Rules
    from commlog_tui.service.outgoing import Ways

_LATEST_SECONDS: Final = 2.8


def main() -> None:
    """Serve one log file by the settings on standard input."""
    orders = json.loads(sys.stdin.readline())
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    _tell(port=listener.getsockname()[1])
    stopped = Event()
    Thread(target=_watch, args=(stopped, Path(orders["trouble"])), daemon=True).start()

    gc.disable()  # what is loaded now stays
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # they are looked for among all that is installed
    from commlog_tui.records.errors import LogError
    from commlog_tui.store.errors import DamagedLogError
    from commlog_tui.store.opening import open_hooks, open_keys, open_store

    try:
        store = open_store(orders["database"], create=False)
    except LogError as error:
        _tell(error=str(error), damaged=isinstance(error, DamagedLogError))
        sys.exit(1)
    _load_framework()
    from commlog_tui.service.server import serve
    from commlog_tui.service.tokens import Owner, digest_of

    gc.freeze()
    gc.enable()
    owner = Owner(orders["name"], digest_of(orders["token"]))
    keys, hooks = open_keys(orders["database"]), open_hooks(orders["database"])
    is_demo = is_demo_file(Path(orders["database"]).name)
    rules, ways = (_demo_rules, None) if is_demo else (_rules, _ways())
    serve(store, listener, keys=keys, hooks=hooks, owner=owner, stopped=stopped, rules=rules, ways=ways, quiet=True)


def _load_framework() -> None:
    """Load FastAPI. Its sixty models of an OpenAPI document are built when one is asked for."""
    from pydantic import BaseModel

    BaseModel.model_config["defer_build"] = True
    import_module("fastapi")
    del BaseModel.model_config["defer_build"]


def _rules() -> "Rules":
    return _rules_file().current()


def _ways() -> "Ways | None":
    """Return the ways on which messages are sent again; None where they cannot be used."""
    from commlog_tui.service.outgoing import Ways
    from commlog_tui.settings import SettingsError, load

    try:
        settings = load()
        return Ways.of(
            smtp_url=settings.smtp_url,
            smtp_from=settings.smtp_from,
            webhook=settings.resend_webhook,
            secret=settings.resend_secret,
        )
    except (SettingsError, ValueError):
        return None


def _demo_rules() -> "Rules":
    """Return the demo's own rules, unless the settings have some for its location."""
    return {**_packaged_rules(), **_rules()}


@lru_cache(1)
def _packaged_rules() -> "Rules":
    from commlog_tui.demo.rules import demo_rules

    return demo_rules()


@lru_cache(1)
def _rules_file() -> "RulesFile":
    from commlog_tui.configuration.expectations import RulesFile
    from commlog_tui.settings import load

    return RulesFile(load().expectations_file)


def _tell(**message: object) -> None:
    with suppress(BrokenPipeError):  # the parent has gone; standard input says so too
        print(json.dumps(message), flush=True)  # noqa: T201 - the parent waits for this line


def _watch(stopped: Event, trouble: Path) -> None:
    while sys.stdin.readline():
        pass
    stopped.set()
    with suppress(OSError):  # another desk's service may have tidied it up
        if not trouble.stat().st_size:
            trouble.unlink()
    Event().wait(_LATEST_SECONDS)
    os._exit(0)  # something holds the service up; every acknowledged record is on the disk already


if __name__ == "__main__":
    main()
    os._exit(0)  # all is closed; taking the interpreter down would take as long as a command
