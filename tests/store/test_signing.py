"""The file with the signing key, as this version and 0.1.0 write it."""

import json
import shutil
from pathlib import Path

import msgspec

from commlog_tui.ledger.bundle import Bundle, is_key_trusted, verify_bundle
from commlog_tui.ledger.keys import Introduction
from commlog_tui.ledger.witness import SavedCheckpoint
from commlog_tui.store.signing import SigningKey

RELEASE = Path(__file__).parents[1] / "ledger" / "release_0_1_0"


def test_the_present_key_vouches_for_those_that_0_1_0_rotated(tmp_path: Path) -> None:
    file = tmp_path / "log.key"
    shutil.copy(RELEASE / "log.key", file)
    before = file.read_bytes()
    name = json.loads(before)["key"].split("+")[2]
    loaded = SigningKey.load(file, name)
    assert file.read_bytes() == before, "reading changes nothing"
    assert SigningKey.load(file, name).introductions == loaded.introductions, "the notes are the same each time"
    stored = json.loads(before)["introductions"]
    assert [new.startswith(old) for old, new in zip(stored, loaded.introductions, strict=True)] == [True, True]
    present = loaded.signer.verifier.key
    for number in (1, 2, 3):
        bundle = Bundle.read((RELEASE / f"proof-{number}.json").read_bytes())
        verify_bundle(bundle)
        assert is_key_trusted(present, bundle, loaded.introductions)
        assert is_key_trusted(present, bundle) == is_key_trusted(present, bundle, stored) == (number == 3), (
            "the old key alone can be anybody's"
        )


def test_a_rotation_is_signed_by_both_keys(tmp_path: Path) -> None:
    file = tmp_path / "log.key"
    first = SigningKey.load(file, "commlog/1")
    second = SigningKey.rotate(file, "commlog/1")
    third = SigningKey.rotate(file, "commlog/1")
    signers = [Introduction.open(note).signers for note in third.introductions]
    keys = [key.signer.verifier.key for key in (first, second, third)]
    assert signers == [frozenset(keys[:2]), frozenset(keys[1:])]
    assert SigningKey.load(file, "commlog/1").introductions == third.introductions


def test_checkpoints_that_0_1_0_saved_are_read() -> None:
    for number in (1, 2, 3):
        raw = (RELEASE / f"checkpoint-{number}.json").read_bytes()
        seen = msgspec.json.decode(raw, type=SavedCheckpoint)
        assert (seen.checkpoint().size, seen.introductions) == (4, ())
        assert msgspec.json.format(msgspec.json.encode(seen), indent=1) + b"\n" == raw
