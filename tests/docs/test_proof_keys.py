"""Script and program agree on whose a bundle is.

Keys before and after rotations, introductions, forged and dropped ones.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from commlog_tui.ledger.bundle import Bundle
from commlog_tui.ledger.keys import Introduction, key_text
from tests.docs.agreement import (
    CHAIN,
    NO_KEY,
    ONE,
    STRANGER,
    THREE,
    TWO,
    UNREADABLE,
    VERIFIES,
    WRONG,
    Judges,
    rotated,
    vkey,
)
from tests.ledger.bundles import by_the_old_key_alone

OLD_RELEASE = Path(__file__).parents[1] / "ledger" / "release_0_1_0"


@pytest.mark.parametrize(
    ("bundle", "key", "code"),
    [
        (rotated(ONE), None, NO_KEY),
        (rotated(ONE), vkey(ONE), VERIFIES),
        (rotated(ONE), ONE.verifier.vkey, VERIFIES),  # under the log's name, as key rotate prints it
        (rotated(ONE), vkey(STRANGER), WRONG),
        (rotated(ONE, TWO), vkey(ONE), VERIFIES),
        (rotated(ONE, TWO, THREE), vkey(ONE), VERIFIES),
        (rotated(ONE, TWO, THREE), vkey(TWO), VERIFIES),
        (rotated(ONE, TWO, THREE), vkey(STRANGER), WRONG),
        (rotated(ONE), key_text(vkey(TWO), CHAIN[:1]), VERIFIES),
        (rotated(ONE), key_text(vkey(THREE), CHAIN), VERIFIES),
        (rotated(ONE), key_text(vkey(THREE), CHAIN[::-1]), VERIFIES),
        (rotated(ONE, TWO), key_text(vkey(THREE), CHAIN), VERIFIES),
        (rotated(ONE, TWO), key_text(vkey(THREE), CHAIN[1:]), VERIFIES),
        (rotated(ONE), key_text(vkey(THREE), CHAIN[:1]), WRONG),
        (rotated(ONE), vkey(TWO), WRONG),  # nothing here ties the two keys to one another
        (rotated(ONE), key_text(vkey(TWO), [by_the_old_key_alone(note) for note in CHAIN]), WRONG),
        (rotated(STRANGER), key_text(vkey(THREE), CHAIN), WRONG),
        (rotated(ONE), key_text(vkey(THREE), CHAIN).replace("\n", "\r\n"), VERIFIES),
        (rotated(ONE), key_text(vkey(THREE), CHAIN).rstrip("\n"), VERIFIES),
        (rotated(ONE), key_text(vkey(ONE), ["commlog key rotation v1\nnonsense\n"]), VERIFIES),
        (rotated(ONE), vkey(ONE) + "\nnonsense", UNREADABLE),
        (rotated(ONE), "", UNREADABLE),
        (rotated(ONE), " \n", UNREADABLE),
        (rotated(ONE), "nonsense", UNREADABLE),
        (rotated(ONE), vkey(ONE)[:-1], UNREADABLE),
    ],
)
def test_a_key_is_known_before_and_after_a_rotation(judges: Judges, bundle: Bundle, key: str | None, code: int) -> None:
    assert judges.code(bundle.write(), key) == code


def test_anybody_can_introduce_the_logs_key_and_is_not_believed(judges: Judges) -> None:
    forged = Introduction.sign(STRANGER, THREE, "2026-11-05T09:00:00Z").note
    alone = by_the_old_key_alone(forged)
    theirs = rotated(STRANGER)
    assert judges.code(theirs.write(), key_text(vkey(THREE), [*CHAIN, alone])) == WRONG
    document = json.loads(theirs.write()) | {"introductions": [alone]}
    assert judges.code(json.dumps(document).encode(), key_text(vkey(THREE), CHAIN)) == WRONG
    bent = alone + forged.splitlines(keepends=True)[-1].replace("A", "B", 1)
    assert judges.code(theirs.write(), key_text(vkey(THREE), [bent])) == WRONG


def changed(**fields: Any) -> bytes:
    return json.dumps(json.loads(rotated(ONE, TWO).write()) | fields).encode()


def test_introductions_can_be_dropped_and_then_fewer_know_the_key(judges: Judges) -> None:
    for rest in ([], [by_the_old_key_alone(CHAIN[0])]):
        assert judges.code(changed(introductions=rest)) == NO_KEY
        assert judges.code(changed(introductions=rest), vkey(TWO)) == VERIFIES
    assert judges.code(changed(introductions=[]), vkey(ONE)) == WRONG
    assert judges.code(changed(introductions=CHAIN), vkey(ONE)) == WRONG
    assert judges.code(changed(introductions=CHAIN[:1] * 2), vkey(ONE)) == WRONG
    assert judges.code(rotated(ONE, TWO, THREE).write().replace(b"09:00:00Z", b"10:00:00Z", 1), vkey(THREE)) == WRONG


@pytest.mark.parametrize("number", [1, 2, 3])
def test_bundles_and_keys_of_0_1_0(judges: Judges, number: int) -> None:
    raw = (OLD_RELEASE / f"proof-{number}.json").read_bytes()
    keys = [(OLD_RELEASE / f"key-{which}.txt").read_text(encoding="utf-8") for which in (1, 2, 3)]
    assert [judges.code(raw, key) for key in keys[:number]] == [VERIFIES] * number
    assert judges.code(raw) == NO_KEY
