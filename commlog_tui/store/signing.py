"""The keys of a log, which sign checkpoints and authenticate cursors.

They are in one file beside the log, which is no part of it and does not belong into its backups.
"""

import hmac
import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol, Self
from uuid import uuid4

import msgspec
from typing_extensions import override

from commlog_tui.contract.base import format_instant
from commlog_tui.ledger.checkpoint import Checkpoint
from commlog_tui.ledger.keys import Introduction
from commlog_tui.ledger.note import NoteError, Signer
from commlog_tui.private_files import make_folder, write_private
from commlog_tui.store.errors import OtherLogError, StoreUnavailableError
from commlog_tui.store.hook_settings import KEY_BYTES
from commlog_tui.store.protocol import TreeHead
from commlog_tui.store.rows import CheckpointRow

_OTHER_LOG: Final = (
    "The key beside the log signs for another log: the log's id was changed, or the key or the file was replaced. "
    "Nothing was signed, the records are untouched. Put back the file or the key that belongs there; commlog verify "
    "says more."
)


class _KeyContent(msgspec.Struct):
    key: str
    introductions: tuple[str, ...] = ()
    hooks: str = ""
    """Key that encrypts the settings of webhooks, in hex; empty until the first one is set up."""


class SigningKey:
    """The key that signs now, and how the ones before it led to it."""

    def __init__(self, signer: Signer, introductions: tuple[str, ...], hooks: str = "") -> None:
        self.signer = signer
        self.introductions = introductions
        self.hooks = hooks
        """Key that encrypts the settings of webhooks, in hex."""

    @classmethod
    def load(cls, path: Path, name: str) -> Self:
        """Return the key in a file, or create one with private permissions.

        Raises:
            StoreUnavailableError: it cannot be read or made, or is not the key of the log with this
                name.
        """
        with suppress(FileExistsError):
            if not path.exists():
                _write(path, _KeyContent(Signer.new(name).skey), replace=False)
        try:
            content = msgspec.json.decode(path.read_bytes(), type=_KeyContent)
            signer = Signer.read(content.key)
        except (OSError, msgspec.DecodeError, NoteError):
            raise StoreUnavailableError(f"The signing key in {path} cannot be read. Nothing was signed.") from None
        if signer.name != name:
            raise OtherLogError(_OTHER_LOG)
        return cls(signer, tuple(_vouched_for(note, signer) for note in content.introductions), content.hooks)

    @classmethod
    def rotate(cls, path: Path, name: str) -> Self:
        """Put a new key in the place of the one in a file, introduced by it, and forget that for good.

        Raises:
            StoreUnavailableError: as ``load``; the old key is in force still.
        """
        old = cls.load(path, name)
        new = Signer.new(name)
        at = format_instant(datetime.now(UTC).replace(microsecond=0))
        introductions = (*old.introductions, Introduction.sign(old.signer, new, at).note)
        _write(path, _KeyContent(new.skey, introductions, old.hooks), replace=True)
        return cls(new, introductions, old.hooks)


class KeyFile:
    """The keys of a log, from a file that is created on first use."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, log: str) -> SigningKey:
        """Return the key that signs for the log with this name.

        Raises ``StoreUnavailableError``, see ``SigningKey.load``.
        """
        return SigningKey.load(self._path, log)

    def rotate(self, log: str) -> SigningKey:
        """Rotate to a new signing key, introduced by the old one.

        Raises ``StoreUnavailableError``.
        """
        return SigningKey.rotate(self._path, log)

    def hook_key(self, log: str, *, create: bool = False) -> bytes:
        """Return the key that encrypts the settings of webhooks; with ``create``, make a missing one.

        Raises ``StoreUnavailableError``.
        """
        key = self.load(log)
        if not key.hooks:
            if not create:
                raise StoreUnavailableError(
                    "The key file beside the log has no key for webhooks. Nothing was recorded."
                )
            key.hooks = secrets.token_bytes(KEY_BYTES).hex()
            _write(self._path, _KeyContent(key.signer.skey, key.introductions, key.hooks), replace=True)
        return bytes.fromhex(key.hooks)

    def cursor_key(self, log: str) -> bytes:
        """Return the key that authenticates cursors, derived from the signing key.

        It survives a restart, and no backup holds it. Without a signing key, the fallback is a key
        that lives as long as the process.
        """
        try:
            secret = self.load(log).signer.skey.encode()
        except StoreUnavailableError:
            secret = secrets.token_bytes(32)
        return hmac.digest(secret, b"commlog cursor", "sha256")


def copy_keys(source: Path, target: Path) -> None:
    """Copy a key file; a no-op where both are the same.

    Raises ``OtherLogError`` where the target has other keys, and ``StoreUnavailableError``.
    """
    try:
        content = source.read_bytes()
        make_folder(target.parent)
        if target.exists():
            if target.read_bytes() != content:
                raise OtherLogError(f"There are other keys in {target} already. Nothing was copied over them.")
            return
        write_private(target, content)
    except OSError as error:
        raise StoreUnavailableError(f"The keys cannot be copied to {target}: {error.strerror}.") from None


class SharedKeyFile(KeyFile):
    """The keys of a log that several machines may serve, and all sign for with one key.

    The file is made with the log. A missing one is refused, and never replaced by a new key.
    """

    @override
    def load(self, log: str) -> SigningKey:
        """Return the key that signs for the log with this name.

        Raises ``StoreUnavailableError``, also where the file is missing.
        """
        if not self._path.exists():
            raise StoreUnavailableError(
                f"The signing key of this log is not on this machine: there is no {self._path}. Nothing was signed. "
                "Copy the file from the machine where the log was set up, or from its backup."
            )
        return super().load(log)

    @override
    def rotate(self, log: str) -> SigningKey:
        """Rotate to a new signing key. Raises ``StoreUnavailableError`` as ``load``."""
        self.load(log)
        return super().rotate(log)


class Keys(Protocol):
    """Whoever holds the key that signs for a log."""

    def hook_key(self, log: str, *, create: bool = False) -> bytes:
        """Return the key that encrypts the settings of webhooks. Raises ``StoreUnavailableError``."""
        ...

    def load(self, log: str) -> SigningKey:
        """Return the key that signs for the log with this name.

        Raises ``StoreUnavailableError``.
        """
        ...


def signed(head: TreeHead, keys: Keys) -> CheckpointRow:
    """Return size and root of a location's tree, signed by the log.

    Raises ``StoreUnavailableError``.
    """
    key = keys.load(head.log)
    checkpoint = Checkpoint(f"{head.log}/{head.location}", head.size, head.root)
    vkey = key.signer.verifier.named(checkpoint.origin).vkey
    return CheckpointRow(
        head.location, head.size, head.root.hex(), checkpoint.sign(key.signer), vkey, key.introductions
    )


def _vouched_for(note: str, signer: Signer) -> str:
    """Return an introduction countersigned by a later key.

    Those of 0.1.0 are not, so they lead one way only.
    """
    try:
        return Introduction.open(note, [signer.verifier.key]).vouched_for(signer).note
    except NoteError:
        return note  # whoever follows it will find what is wrong with it


def fault_of_key(path: Path, name: str) -> str | None:
    """Return what is wrong if a key file is damaged or of another log; None also without a key."""
    try:
        stored = Signer.read(msgspec.json.decode(path.read_bytes(), type=_KeyContent).key)
    except OSError:
        return None
    except (msgspec.DecodeError, NoteError):
        return f"The signing key in {path} cannot be read as one."
    return None if stored.name == name else _OTHER_LOG


def _write(path: Path, content: _KeyContent, *, replace: bool) -> None:
    """Write the file atomically.

    Raises ``FileExistsError`` where it exists and must not be replaced.
    """
    fresh = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        fresh.touch(mode=0o600, exist_ok=False)
        with fresh.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if replace:
            fresh.replace(path)
        else:
            os.link(fresh, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise StoreUnavailableError(
            f"The signing key cannot be kept in {path}: {error.strerror}. Nothing was changed."
        ) from None
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
