"""Tokens of services: in the keyring, or in a file of the owner's alone where there is none."""

import json
import os
from pathlib import Path
from typing import Final

from commlog_tui.settings import config_file

_NAME: Final = "commlog"


def _file() -> Path:
    return config_file().with_name("tokens.json")


def find_token(service: str) -> str | None:
    """Return the token kept for a service."""
    import keyring
    import keyring.errors

    try:
        token = keyring.get_password(_NAME, service)
    except keyring.errors.KeyringError:
        token = None
    return token or _kept().get(service)


def keep_token(service: str, token: str) -> str:
    """Keep a token; return a sentence that says where."""
    import keyring
    import keyring.errors

    try:
        keyring.set_password(_NAME, service, token)
    except keyring.errors.KeyringError:
        path = _file()
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = _kept() | {service: token}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        return f"There is no keyring here, so the token is in {path}, which only you may read."
    return "The token is in your keyring."


def _kept() -> dict[str, str]:
    try:
        kept: dict[str, str] = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept
