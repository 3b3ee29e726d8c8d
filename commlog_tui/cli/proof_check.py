"""``commlog proof check``: a bundle held to its own hashes, and its key to what is known here."""

from datetime import UTC
from pathlib import Path
from typing import Final

from commlog_tui.cli.connection import TargetOptions
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import say, stopped, tell
from commlog_tui.contract.entry import EntryDetail
from commlog_tui.evidence.bundle_reader import read_entries
from commlog_tui.evidence.delivery_facts import NOT_QUALIFIED, stage_facts
from commlog_tui.evidence.witness import CheckpointFileError, read_checkpoint_file
from commlog_tui.ledger.bundle import Bundle, BundleError, is_key_trusted, verify_bundle
from commlog_tui.ledger.checkpoint import Checkpoint
from commlog_tui.ledger.keys import read_key_text, successors
from commlog_tui.ledger.note import NoteError, Verifier
from commlog_tui.ledger.witness import SavedCheckpoint
from commlog_tui.text.hygiene import safe
from commlog_tui.text.moments import utc

Known = tuple[Verifier, tuple[str, ...]]
"""A key that somebody trusts, and the notes that tie other keys of its log to it."""

_LARGEST: Final = 1 << 30
_LARGEST_KEY: Final = 1 << 24


def checked(file: Path, key: Path | None, options: TargetOptions) -> ExitCode:
    """Check a bundle, say what it shows and who vouches for it, and return the code to end with."""
    given = None if key is None else _given(key)
    bundle = _read(file)
    try:
        checkpoint = verify_bundle(bundle)
    except BundleError as error:
        say(str(error))
        return ExitCode.TAMPERED
    details: list[EntryDetail] = []
    try:
        details = read_entries(bundle)
    except BundleError as error:
        say(str(error))
    count, records = len(bundle.entries), len(bundle.records)
    entries = f"{count:,} {'entry' if count == 1 else 'entries'}, {records:,} {'record' if records == 1 else 'records'}"
    tell(f"{entries} of {checkpoint.size:,}, as the log recorded them; root {checkpoint.root.hex()}")
    for detail in details:
        tell(_line(detail))
        for label, parts in stage_facts(detail):
            tell(f"  {label}: {safe('; '.join(parts))}")
    tell(NOT_QUALIFIED)
    tell(f"signed by {bundle.key}")
    if key is not None and given is not None:
        return _held_to_given(bundle, given, key)
    return _held_to_seen(bundle, checkpoint, options)


def _read(file: Path) -> Bundle:
    try:
        with file.open("rb") as opened:
            raw = opened.read(_LARGEST)
    except OSError as error:
        raise stopped(f"{file} cannot be read: {error.strerror}.", ExitCode.USAGE) from None
    try:
        return Bundle.read(raw)
    except BundleError as error:
        raise stopped(str(error), ExitCode.TAMPERED) from None


def _given(path: Path) -> Known:
    """Return the key in a ``key show`` file or a saved checkpoint. Exit if there is none."""
    try:
        with path.open("rb") as opened:
            text = opened.read(_LARGEST_KEY).decode("utf-8", "replace").strip()
        if not text.startswith("{"):
            return read_key_text(text)
        seen = read_checkpoint_file(path)
        return Verifier.read(seen.key), seen.introductions
    except OSError as error:
        raise stopped(f"The key {path} cannot be read: {error.strerror}.", ExitCode.USAGE) from None
    except (CheckpointFileError, NoteError):
        raise stopped(
            f"{path} holds no key of the form name+hash+key, and no saved checkpoint.", ExitCode.USAGE
        ) from None


def _held_to_given(bundle: Bundle, given: Known, path: Path) -> ExitCode:
    key, introductions = given
    if is_key_trusted(key.key, bundle, introductions):
        say(f"This is the key in {path}{_led(key, bundle)}.")
        return ExitCode.OK
    say(
        f"This is not the key in {path}, nor one that it vouches for. Whoever signed this bundle is not who you expect."
    )
    if key.name.startswith(Verifier.read(bundle.key).name.rpartition("/")[0]) and not introductions:
        say(
            "Unless that is a later key of the log: then give all that commlog key show prints now, which tells its "
            "earlier keys."
        )
    return ExitCode.TAMPERED


def _led(known: Verifier, bundle: Bundle) -> str:
    """Return by which way a known key leads to that of a bundle, for the end of a sentence."""
    signed_by = Verifier.read(bundle.key).key
    if signed_by == known.key:
        return ""
    if signed_by in {later.key for later in successors(known.key, bundle.introductions)}:
        return ", by way of keys that it introduced"
    return ", by way of an earlier key of the log, which it vouches for"


def _held_to_seen(bundle: Bundle, checkpoint: Checkpoint, options: TargetOptions) -> ExitCode:
    seen = [one for one in _witnessed(options) if one.checkpoint().origin == checkpoint.origin]
    if any(one.checkpoint().size == checkpoint.size and one.checkpoint().root != checkpoint.root for one in seen):
        say(
            f"This machine has seen another root over the first {checkpoint.size:,} records: the log, or this bundle, "
            "was forked."
        )
        return ExitCode.TAMPERED
    introductions = [note for one in seen for note in one.introductions]
    for one in seen:
        known = Verifier.read(one.key)
        if is_key_trusted(known.key, bundle, introductions):
            say(f"This machine has seen the log sign with this key{_led(known, bundle)}.")
            return ExitCode.OK
    if seen:
        say(f"But this machine has seen the log sign with another key, last with {seen[-1].key}")
        say(
            "Unless the log's key was rotated since the bundle was made, somebody else signed it. Ask whoever keeps "
            "the log."
        )
    else:
        say(
            "But nobody here knows this key: only the bundle itself says that it is the log's, and anybody can make a "
            "key."
        )
        say("Compare it with the one that whoever keeps the log gives you by another way, or give that with --key.")
    return ExitCode.UNKNOWN_KEY


def _witnessed(options: TargetOptions) -> list[SavedCheckpoint]:
    """Return the checkpoints that desks of this machine have seen, oldest first."""
    folder = options.settings().data / "desk"
    seen: list[tuple[float, SavedCheckpoint]] = []
    for path in folder.glob("*/seen-*.json"):
        try:
            seen.append((path.stat().st_mtime, read_checkpoint_file(path)))
        except (OSError, CheckpointFileError):
            say(f"{path}, what this machine has seen of a log, cannot be read.")
    return [one for _, one in sorted(seen, key=lambda pair: pair[0])]


def _line(detail: EntryDetail) -> str:
    entry = detail.entry
    sent = utc(entry.sent_at.astimezone(UTC))
    to = f" to {entry.to}" if entry.to else ""
    return safe(f"no. {entry.seq}: {sent}, {entry.via}{to}, {entry.title}, {entry.status.value}")
