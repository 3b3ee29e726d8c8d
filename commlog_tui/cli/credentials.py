"""Tokens of services: in the keyring, or in a file of the owner's alone where there is none."""

import json
import os
from pathlib import Path
from typing import Final

from commlog_tui.configuration.file import config_file

_NAME: Final = "commlog"


def find_token(service: str) -> str | None:
    """Return the token kept for a service."""
    return _from_file().get(service) or _from_keyring(service)


def token_in_file(service: str) -> str:
    """Return the token kept for a service in the file, or ""; the keyring is not asked."""
    return _from_file().get(service, "")


def keep_token(service: str, token: str) -> str:
    """Keep a token; return a sentence that says where.

    Raises:
        OSError: it can be kept nowhere.
    """
    if _to_keyring(service, token):
        _to_file({name: token for name, token in _from_file().items() if name != service})
        return "The token is in your keyring."
    _to_file(_from_file() | {service: token})
    return f"There is no keyring here, so the token is in {_file()}, which only you may read."


def _file() -> Path:
    return config_file().with_name("tokens.json")


def _from_keyring(service: str) -> str | None:
    import keyring

    try:
        return keyring.get_password(_NAME, service)
    except Exception:  # noqa: BLE001 - backends of every desktop let their own errors through; the file is asked as well
        return None


def _to_keyring(service: str, token: str) -> bool:
    import keyring

    try:
        keyring.set_password(_NAME, service, token)
    except Exception:  # noqa: BLE001 - as above; the token goes to the file
        return False
    return _from_keyring(service) == token  # a null backend takes everything and keeps nothing


def _from_file() -> dict[str, str]:
    try:
        tokens = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(token) for name, token in tokens.items()} if isinstance(tokens, dict) else {}


def _to_file(tokens: dict[str, str]) -> None:
    path = _file()
    if not tokens:
        path.unlink(missing_ok=True)
        return
    from commlog_tui.private_files import make_folder  # tokens are read before the first frame

    make_folder(path.parent)
    fresh = path.with_name(f"{path.name}.tmp")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(tokens, file)
    fresh.replace(path)
