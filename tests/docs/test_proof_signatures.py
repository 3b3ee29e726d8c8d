"""Script and program agree on the signature lines of notes, and on what a checkpoint may say."""

import json
import re
from base64 import b64encode
from typing import Any

import pytest

from tests.docs.agreement import CHAIN, ONE, TWO, VERIFIES, WRONG, Judges, rotated, vkey
from tests.ledger.bundles import LOG, signer


def changed(**fields: Any) -> bytes:
    return json.dumps(json.loads(rotated(ONE, TWO).write()) | fields).encode()


def line(name: str, key_id: bytes, size: int) -> str:
    return f"\u2014 {name} {b64encode(key_id + bytes(size)).decode()}\n"


STRANGE: dict[str, tuple[str, int]] = {
    **{
        f"{count} of {size} bytes": (line("other", b"none", size) * count, VERIFIES)
        for size in (0, 1, 64, 5_000)
        for count in (1, 16)
    },
    "16 of 50,000 bytes": (line("other", b"none", 49_856) * 16, VERIFIES),
    "99": (line("other", b"none", 64) * 99, VERIFIES),
    "100": (line("other", b"none", 64) * 100, WRONG),
    "the log's name, another key": (line(f"{LOG}/quay", b"none", 64), VERIFIES),
    "the log's key, another name": (line("other", signer(6).named(f"{LOG}/quay").verifier.key_id, 64), VERIFIES),
    **{
        f"wrong, under the log's own key, of {size} bytes": (
            line(f"{LOG}/quay", signer(6).named(f"{LOG}/quay").verifier.key_id, size),
            WRONG,
        )
        for size in (0, 63, 64, 65)
    },
    "no key id": ("\u2014 other AAA=\n", WRONG),
    "no Base64": ("\u2014 other ????????\n", WRONG),
    "Base64 in another way": ("\u2014 other AAAAAB==\n", WRONG),
    "no name": ("\u2014  AAAAAAAA\n", WRONG),
    "a plus": ("\u2014 a+b AAAAAAAA\n", WRONG),
    "a wide space": ("\u2014 a\u2003b AAAAAAAA\n", WRONG),
    "a control character": ("\u2014 a\x01b AAAAAAAA\n", WRONG),
    "a line end of another kind": ("\u2014 other AAAAAAAA\r\n", WRONG),
    "U+2028 in the name": ("\u2014 a\u2028b AAAAAAAA\n", WRONG),
    "letters beyond ASCII": ("\u2014 Zo\u00eb\U0001f6f6 AAAAAAAA\n", VERIFIES),
    "a blank line": ("\n", WRONG),
    "no dash": ("- other AAAAAAAA\n", WRONG),
}


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("first", [True, False])
def test_further_signature_lines(judges: Judges, name: str, first: bool) -> None:
    lines, code = STRANGE[name]
    text, _, own = json.loads(rotated(ONE, TWO).write())["checkpoint"].rpartition("\n\n")
    note = f"{text}\n\n{lines + own if first else own + lines}"
    assert judges.code(changed(checkpoint=note), vkey(ONE)) == code


@pytest.mark.parametrize("name", [name for name in STRANGE if name not in {"99", "the log's key, another name"}])
def test_further_signature_lines_of_an_introduction(judges: Judges, name: str) -> None:
    lines, code = STRANGE[name]
    for own in (ONE, TWO):
        meant = lines.replace(f"{LOG}/quay", LOG)
        if "own key" in name:
            size = int(re.findall(r"\d+", name)[0])
            meant = line(LOG, own.verifier.key_id, size)
        assert judges.code(changed(introductions=[CHAIN[0] + meant]), vkey(ONE)) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{origin}\n{size}\n{root}\n", VERIFIES),
        ("{origin}\n{size}\n{root}\nan extension\nand another\n", VERIFIES),
        ("{origin}\n{size}\n{root}\n\nan extension\n", WRONG),
        ("{origin}\n0{size}\n{root}\n", WRONG),
        ("{origin}\n+{size}\n{root}\n", WRONG),
        ("{origin}\n {size}\n{root}\n", WRONG),
        ("{origin}\n\u0667\n{root}\n", WRONG),
        ("{origin}\n{size}\n{root}=\n", WRONG),
        ("{origin}\n{size}\nAAAA\n", WRONG),
        ("{origin}\n{size}\n", WRONG),
        ("{origin}/more\n{size}\n{root}\n", WRONG),
        ("\n{origin}\n{size}\n{root}\n", WRONG),
    ],
)
def test_what_a_checkpoint_may_say(judges: Judges, text: str, code: int) -> None:
    origin, size, root = json.loads(rotated(ONE).write())["checkpoint"].split("\n")[:3]
    note = ONE.named(origin).sign(text.format(origin=origin, size=size, root=root))
    assert judges.code(json.dumps(json.loads(rotated(ONE).write()) | {"checkpoint": note}).encode(), vkey(ONE)) == code
