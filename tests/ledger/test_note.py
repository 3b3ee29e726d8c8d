"""Signed notes against the published example of the reference implementation (golang.org/x/mod/sumdb/note)."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.ledger.note import NoteError, Signer, Verifier, decoded

VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
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
    ["", "\n", "\n\n", TEXT, NOTE[:-1], f"{NOTE}\n", f"\n{LINE}", f"{TEXT}{LINE}", f"{NOTE}x\n", f"{TEXT}\n{LINE * 101}",
     NOTE.replace("JnAM=", "JnAN="), f"{TEXT}\n\u2014 PeterNeumann x08g\n", f"{TEXT}\n\u2014  x08go/ZJkuBS\n",
     f"{TEXT}\n- PeterNeumann x08go/ZJkuBS\n", f"a\tb\n\n{LINE}", "x" * (1 << 20) + NOTE],
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


@pytest.mark.parametrize("size", [5, 67, 69, 200])
def test_a_signature_of_another_size_is_of_a_kind_that_is_not_known(size: int) -> None:
    unknown = b64encode(Verifier.read(VKEY).key_id + bytes(size - 4)).decode()
    assert Verifier.read(VKEY).open(f"{TEXT}\n\u2014 PeterNeumann {unknown}\n{LINE}") == TEXT


@pytest.mark.parametrize(
    "line",
    ["- PeterNeumann x08go/ZJkuBS", "\u2014  x08go/ZJkuBS", "\u2014 PeterNeumann", "\u2014 PeterNeumann x08goA==", "x"],
)
def test_one_malformed_signature_makes_a_malformed_note(line: str) -> None:
    with pytest.raises(NoteError, match="malformed"):
        Verifier.read(VKEY).open(f"{TEXT}\n{line}\n{LINE}")


def test_a_note_has_at_most_100_signatures_and_a_mebibyte() -> None:
    signer = Signer.read(SKEY)
    assert signer.verifier.open(f"{TEXT}\n{LINE * 100}") == TEXT
    rest = len(signer.sign("x\n")) - 1
    largest = signer.sign("x" * ((1 << 20) - rest) + "\n")
    assert len(largest) == 1 << 20
    assert signer.verifier.open(largest)
    with pytest.raises(NoteError, match="malformed"):
        signer.verifier.open(signer.sign("x" * ((1 << 20) - rest + 1) + "\n"))


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
