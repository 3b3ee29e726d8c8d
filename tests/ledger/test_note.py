"""Signed notes against the published example of the reference implementation (golang.org/x/mod/sumdb/note)."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.ledger.note import NoteError, Signer, Verifier, decoded, open_note

VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = (
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
NOTE = f"{TEXT}\n{LINE}"


def test_the_published_note() -> None:
    signer = Signer.read(SKEY)
    assert signer.sign(TEXT) == NOTE
    assert signer.verifier.vkey == VKEY
    assert signer.skey == SKEY
    assert Verifier.read(VKEY).open(NOTE) == TEXT


def test_every_part_of_a_key_counts() -> None:
    for text, read in ((VKEY, Verifier.read), (SKEY, Signer.read)):
        for at in range(len(text)):
            for broken in (text[:at], text[at + 1 :], text[:at] + chr(ord(text[at]) + 1) + text[at + 1 :]):
                with pytest.raises(NoteError):
                    read(broken)


@pytest.mark.parametrize(
    "vkey",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
    ids=["key of another length", "unknown kind"],
)
def test_the_published_bad_keys(vkey: str) -> None:
    with pytest.raises(NoteError):
        Verifier.read(vkey)


@given(st.integers(0, len(NOTE) - 1), st.characters())
def test_no_character_of_a_note_can_change(at: int, other: str) -> None:
    changed = NOTE[:at] + other + NOTE[at + 1 :]
    if changed != NOTE:
        with pytest.raises(NoteError):
            Verifier.read(VKEY).open(changed)


@pytest.mark.parametrize(
    "note",
    ["", "\n", "\n\n", TEXT, NOTE[:-1], f"{NOTE}\n", f"\n{LINE}", f"{TEXT}{LINE}", f"{NOTE}x\n",
    f"{TEXT}\n{LINE * 101}",
     NOTE.replace("JnAM=", "JnAN="), f"{TEXT}\n\u2014 PeterNeumann x08g\n", f"{TEXT}\n\u2014  x08go/ZJkuBS\n",
     f"{TEXT}\n- PeterNeumann x08go/ZJkuBS\n", f"a\tb\n\n{LINE}", "x" * (1 << 24) + NOTE],
)  # fmt: skip
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        Verifier.read(VKEY).open(note)


def test_signatures_of_others_are_passed_over() -> None:
    other = Signer.new("Other")
    strange = "\u2014 Strange AAAAAAAAAAAA\n"
    note = f"{TEXT}\n{strange}{other.sign(TEXT).rpartition(chr(10) * 2)[2]}{LINE}"
    assert Verifier.read(VKEY).open(note) == other.verifier.open(note) == TEXT
    with pytest.raises(NoteError, match="not signed by this key"):
        Signer.new("Other").verifier.open(note)


def signature(size: int, name: str = "PeterNeumann", key_id: bytes = b"none") -> str:
    """A signature line that nobody's key made: the id, and so many bytes."""
    return f"\u2014 {name} {b64encode(key_id + bytes(size)).decode()}\n"


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 2_420, 4_627, 49_856])
@pytest.mark.parametrize("count", [1, 16, 99])
def test_signatures_of_unknown_keys_are_ignored_whatever_their_length(size: int, count: int) -> None:
    strange = signature(size) + signature(size, "Other", Verifier.read(VKEY).key_id)
    lines = (strange * count).splitlines(keepends=True)[:count]
    assert Verifier.read(VKEY).open(f"{TEXT}\n{''.join(lines)}{LINE}") == TEXT
    assert Verifier.read(VKEY).open(f"{TEXT}\n{LINE}{''.join(lines)}") == TEXT


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 200])
@pytest.mark.parametrize("first", [True, False])
def test_a_wrong_signature_under_the_keys_own_name_and_id_spoils_the_note(size: int, first: bool) -> None:
    wrong = signature(size, key_id=Verifier.read(VKEY).key_id)
    with pytest.raises(NoteError, match="not that of this text"):
        Verifier.read(VKEY).open(f"{TEXT}\n{wrong + LINE if first else LINE + wrong}")


def test_a_note_says_which_of_several_keys_signed_it() -> None:
    one, two, three = (Signer.new("log") for _ in range(3))
    note = two.countersign(one.sign(TEXT))
    keys = [signer.verifier.key for signer in (one, two, three)]
    assert open_note(note, "log", keys) == (TEXT, frozenset(keys[:2]))
    with pytest.raises(NoteError, match="not signed by this key"):
        open_note(note, "other", keys)
    with pytest.raises(NoteError, match="not that of this text"):
        open_note(one.sign(TEXT) + two.sign("another\n").partition("\n\n")[2], "log", keys)


@pytest.mark.parametrize(
    "line",
    ["- PeterNeumann x08go/ZJkuBS", "\u2014  x08go/ZJkuBS", "\u2014 PeterNeumann", "\u2014 PeterNeumann x08g", "x",
     "\u2014 Peter+Neumann AAAAAAAA", "\u2014 Peter\u2003Neumann AAAAAAAA", "\u2014 Peter\x01 AAAAAAAA",
     "\u2014 \ud800 AAAAAAAA"],
)  # fmt: skip
def test_one_malformed_signature_makes_a_malformed_note(line: str) -> None:
    with pytest.raises(NoteError, match=r"malformed|The text of a note"):
        Verifier.read(VKEY).open(f"{TEXT}\n{line}\n{LINE}")


def test_a_note_has_at_most_100_signatures_and_16_mebibytes() -> None:
    signer = Signer.read(SKEY)
    assert signer.verifier.open(f"{TEXT}\n{LINE * 100}") == TEXT
    rest = len(signer.sign("x\n")) - 1
    largest = signer.sign("x" * ((1 << 24) - rest) + "\n")
    assert len(largest) == 1 << 24
    assert signer.verifier.open(largest)
    with pytest.raises(NoteError, match="malformed"):
        signer.verifier.open(signer.sign("x" * ((1 << 24) - rest + 1) + "\n"))


@pytest.mark.parametrize("text", ["AB==", "A5==", "AAB=", "AA5=", "AA", "A A=", "\u0661"])
def test_bytes_are_written_in_one_way(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - from the standard library too
        decoded(text)


@pytest.mark.parametrize("size", [31, 33])
def test_a_key_of_another_size_is_none(size: int) -> None:
    with pytest.raises(NoteError):
        Verifier("x", bytes(size))
    for prefix, read in (("", Verifier.read), ("PRIVATE+KEY+", Signer.read)):
        with pytest.raises(NoteError, match="not an Ed25519 key"):
            read(f"{prefix}x+00000000+{b64encode(bytes([1]) + bytes(size)).decode()}")


@pytest.mark.parametrize("kind", [0, 2])
def test_a_key_of_another_kind_is_none(kind: int) -> None:
    name, key_id, _ = VKEY.split("+", 2)
    with pytest.raises(NoteError, match="not an Ed25519 key"):
        Verifier.read(f"{name}+{key_id}+{b64encode(bytes([kind]) + Verifier.read(VKEY).key).decode()}")


@pytest.mark.parametrize("text", ["", "\n", "no end", "tab\t\n", "\ud800\n", "a\x00\n", "a\x0b\n", "a\r\n", "a\x1f\n"])
def test_what_is_no_text_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        Signer.read(SKEY).sign(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\n"])
def test_a_name_has_neither_spaces_nor_plus(name: str) -> None:
    with pytest.raises(NoteError):
        Verifier(name, bytes(32))
