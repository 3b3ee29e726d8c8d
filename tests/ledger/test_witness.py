"""A witness tells a log that has grown from one that is not what it was."""

import pytest

from commlog_tui.ledger.checkpoint import Checkpoint
from commlog_tui.ledger.keys import Introduction
from commlog_tui.ledger.note import Signer
from commlog_tui.ledger.proof import consistency_path
from commlog_tui.ledger.witness import (
    ForkedError,
    OtherKeyError,
    RolledBackError,
    SavedCheckpoint,
    compare,
    require_extension,
)
from tests.ledger.trees import LEAVES, ROOTS, subtree_of

SIGNER, NEXT = Signer.new("commlog/1"), Signer.new("commlog/1")
HANDED_OVER = [Introduction.sign(SIGNER, NEXT, "2026-11-03T12:00:00Z").note]


def seen(
    size: int, signer: Signer = SIGNER, *, origin: str = "commlog/1/quay", key: Signer | None = None
) -> SavedCheckpoint:
    checkpoint = Checkpoint(origin, size, bytes.fromhex(ROOTS[size]))
    return SavedCheckpoint(checkpoint.sign(signer), (key or signer).verifier.named(origin).vkey)


def test_a_log_that_has_grown_is_what_it_was() -> None:
    for old in range(9):
        for new in range(old, 9):
            before, now, rotated = compare(seen(old), seen(new), [])
            require_extension(before, now, consistency_path(old, new, subtree_of(LEAVES)))
            assert not rotated


def test_a_log_with_fewer_records_was_rolled_back() -> None:
    with pytest.raises(RolledBackError, match="had 5 records and has 3; 2 are gone"):
        compare(seen(5), seen(3), [])


def test_a_log_that_begins_otherwise_was_forked() -> None:
    fork = [LEAVES[0], *LEAVES[:7]]
    before, _, _ = compare(seen(5), seen(8), [])
    now = Checkpoint(before.origin, 8, bytes(32))
    with pytest.raises(ForkedError, match="first 5 records"):
        require_extension(before, now, consistency_path(5, 8, subtree_of(fork)))
    with pytest.raises(ForkedError):
        require_extension(before, Checkpoint(before.origin, 5, bytes(32)), [])


def test_a_key_is_the_same_or_introduced_by_it() -> None:
    assert compare(seen(3), seen(4, NEXT), HANDED_OVER)[2]
    back = Introduction.sign(NEXT, SIGNER, "2026-11-04T12:00:00Z").note
    assert compare(seen(3, NEXT), seen(4), [back])[2]
    for signer, introductions in ((NEXT, []), (SIGNER.new("commlog/1"), HANDED_OVER)):
        with pytest.raises(OtherKeyError, match="another key"):
            compare(seen(3), seen(4, signer), introductions)
    with pytest.raises(OtherKeyError, match="another key"):
        compare(seen(3, NEXT), seen(4), HANDED_OVER)


def test_another_log_or_location_is_not_this_one() -> None:
    for origin in ("commlog/1/pier", "commlog/1/zoo"):
        with pytest.raises(OtherKeyError, match="another log"):
            compare(seen(3), seen(4, origin=origin), [])


def test_a_signature_must_be_the_keys() -> None:
    with pytest.raises(OtherKeyError, match="not signed by the key"):
        compare(seen(3), seen(4, NEXT, key=SIGNER), [])
    with pytest.raises(OtherKeyError, match="not signed by the key"):
        SavedCheckpoint("x", "y").checkpoint()
